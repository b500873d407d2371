/**
 * SHARED: may run anywhere. The notation `{{secrets.NAME}}`, by which an input names a secret of the worker. Anything
 * else in braces is a text like any other.
 */

const REFERENCE = /\{\{\s*secrets\.([\w.-]+)\s*\}\}/;
const EVERY_REFERENCE = new RegExp(REFERENCE, 'g');
const NOTHING_ELSE = new RegExp(`^${REFERENCE.source}$`);

/** The NAME where the text is a reference and nothing else; undefined for any other text. */
export function secretName(text: string): string | undefined {
  return NOTHING_ELSE.exec(text)?.[1];
}

export function holdsReference(text: string): boolean {
  return REFERENCE.test(text);
}

export function namesIn(text: string): string[] {
  return [...text.matchAll(EVERY_REFERENCE)].map(([, name = '']) => name);
}

/** Puts values in the place of references, once: a value that looks like a reference stays as it is. */
export function withValues(text: string, values: ReadonlyMap<string, string>): string {
  // A function, because `$&` means something in a text that replaces another.
  return text.replace(EVERY_REFERENCE, (reference, name: string) => values.get(name) ?? reference);
}

/** What stands before, between and after references. */
export function literalParts(text: string): string[] {
  // The expression has one group, so every second part is a name.
  return text.split(REFERENCE).filter((_part, index) => index % 2 === 0);
}
