/** HOST: Camunda's references to secrets, as ours. */
import { secretName } from '../common/schema/secret-references';
import type { Feel } from './feel';

/** Camunda also takes `secrets.NAME` without braces, and names with a slash. */
const BARE = /(?<!\{\{\s*)(?<![\w.])secrets\.((?:[a-zA-Z0-9]+[/._-])*[a-zA-Z0-9]+)/g;
const BRACED = /\{\{\s*secrets\.(\S+?)\s*\}\}/g;

export interface WithSecrets {
  feel: Feel;
  /** References in the old notation. */
  bare: string[];
  /** Names that a reference of ours cannot have. */
  unknown: string[];
}

/** Rewrites every text in the expression. */
export function withReferences(feel: Feel): WithSecrets {
  const bare: string[] = [];
  const unknown: string[] = [];
  const rewrite = (one: Feel): Feel => {
    switch (one.kind) {
      case 'literal':
        return typeof one.value === 'string' ? { ...one, value: text(one.value) } : one;
      case 'list':
        return { ...one, items: one.items.map(rewrite) };
      case 'context':
        return { ...one, entries: one.entries.map(([name, value]) => [name, rewrite(value)]) };
      case 'sum':
        return { ...one, parts: one.parts.map(rewrite) };
      case 'if':
        return { ...one, yes: rewrite(one.yes), no: rewrite(one.no) };
      case 'call':
        return { ...one, args: one.args.map(rewrite) };
      default:
        return one;
    }
  };
  const text = (value: string): string => {
    for (const [reference, name = ''] of value.matchAll(BRACED)) {
      if (secretName(reference) === undefined) unknown.push(name);
    }
    return value.replaceAll(BARE, (reference, name: string) => {
      if (secretName(`{{secrets.${name}}}`) === undefined) {
        unknown.push(name);
        return reference;
      }
      bare.push(name);
      return `{{secrets.${name}}}`;
    });
  };
  return { feel: rewrite(feel), bare, unknown };
}

/** Whether Camunda would put a secret in somewhere. */
export function namesSecret(feel: Feel): boolean {
  return /secrets\.[a-zA-Z0-9]/.test(JSON.stringify(feel));
}
