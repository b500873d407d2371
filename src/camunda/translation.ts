/** HOST: FEEL as TypeScript, where that says the same; anything else is kept as it is. */
import { literal, propertyName } from '../codegen/texts';
import type { Feel } from './feel';
import { isNull, isText, namesOf } from './feel-values';

/** What the place of an expression takes. */
export type Expected = 'text' | 'number' | 'runMode' | 'inputs' | 'any';

const EXPECTED: Record<string, Expected> = {
  timeout: 'number',
  runMode: 'runMode',
  inputs: 'inputs',
  connectionType: 'any',
};

/** Of a field of an input. */
export function expectedOf(field: string): Expected {
  return EXPECTED[field] ?? 'text';
}

/** Where a variable of the process is read, and as what. */
export type ReadVariable = (path: readonly string[], expected: Expected) => string;

/** Undefined for what has no counterpart. */
export function translate(feel: Feel, expected: Expected, read: ReadVariable): string | undefined {
  const inner = (one: Feel, as: Expected = 'any') => translate(one, as, read);
  switch (feel.kind) {
    case 'literal':
      return typeof feel.value === 'string' ? literal(feel.value) : String(feel.value);
    case 'list':
      return all(
        feel.items.map((item) => inner(item)),
        (items) => `[${items.join(', ')}]`,
      );
    case 'context': {
      const values = feel.entries.map(([, value]) => inner(value));
      const names = feel.entries.map(([name]) => keyOf(name));
      return all(
        values,
        (texts) => `{ ${texts.map((text, index) => `${names[index]}: ${text}`).join(', ')} }`,
      );
    }
    case 'variable':
    case 'path':
      return member(feel, expected, read);
    case 'sum':
      return isText(feel)
        ? all(feel.parts.map(templatePart(read)), (parts) => `\`${parts.join('')}\``)
        : undefined;
    case 'if':
      return all(
        [condition(feel.condition, read), inner(feel.yes, expected), inner(feel.no, expected)],
        ([test, then, otherwise]) => `(${test} ? ${then} : ${otherwise})`,
      );
    case 'call':
      return called(feel, read);
    case 'result':
      return resultField(feel.field);
    default:
      return condition(feel, read);
  }
}

export function keyOf(name: string): string {
  // Written as a name it would set the prototype.
  return name === '__proto__' ? "['__proto__']" : propertyName(name);
}

/** `.name`, or `['a name']`. */
export function memberAccess(name: string): string {
  const written = propertyName(name);
  return written === name ? `.${name}` : `[${written}]`;
}

function all(texts: (string | undefined)[], join: (texts: string[]) => string): string | undefined {
  return texts.every((text) => text !== undefined) ? join(texts as string[]) : undefined;
}

function templatePart(read: ReadVariable): (part: Feel) => string | undefined {
  return (part) => {
    if (part.kind === 'literal' && typeof part.value === 'string') {
      return literal(part.value)
        .slice(1, -1)
        .replaceAll('\\"', '"')
        .replaceAll('`', '\\`')
        .replaceAll('${', '\\${');
    }
    const unwrapped = part.kind === 'call' && part.name === 'string' && part.args[0] ? part.args[0] : part;
    const text = translate(unwrapped, 'any', read);
    return text === undefined ? undefined : `\${${text}}`;
  };
}

function condition(feel: Feel, read: ReadVariable): string | undefined {
  if (feel.kind === 'literal') return String(feel.value);
  if (feel.kind === 'either' || feel.kind === 'both') {
    const sign = feel.kind === 'either' ? '||' : '&&';
    return all(
      [condition(feel.left, read), condition(feel.right, read)],
      (sides) => `(${sides.join(` ${sign} `)})`,
    );
  }
  if (feel.kind !== 'compare' || (feel.operator !== '=' && feel.operator !== '!=')) return undefined;
  const isLoose = isNull(feel.left) || isNull(feel.right);
  const operator = `${feel.operator === '=' ? '=' : '!'}=${isLoose ? '' : '='}`;
  return all([translate(feel.left, 'any', read), translate(feel.right, 'any', read)], (sides) =>
    sides.join(` ${operator} `),
  );
}

function called({ name, args }: Extract<Feel, { kind: 'call' }>, read: ReadVariable): string | undefined {
  const functions: Record<string, string> = {
    string: 'String',
    number: 'Number',
    'to json': 'JSON.stringify',
  };
  const [argument] = args;
  const callee = functions[name];
  const text = argument && args.length === 1 ? translate(argument, 'any', read) : undefined;
  return callee === undefined || text === undefined ? undefined : `${callee}(${text})`;
}

/** The members of a variable by their names; those of anything else with care, because it may be null. */
function member(feel: Feel, expected: Expected, read: ReadVariable): string | undefined {
  const path = namesOf(feel);
  if (path) return read(path, expected);
  if (feel.kind !== 'path') return undefined;
  const of = translate(feel.of, 'any', read);
  return of === undefined
    ? undefined
    : `((${of} as Record<string, unknown> | null | undefined)?.[${literal(feel.name)}] ?? null)`;
}

/** Of `RunDesktopFlowResult`. */
function resultField(field: string): string {
  if (field.startsWith('attempts.'))
    return `(result.attempts.at(-1)?.${field.slice('attempts.'.length)} ?? null)`;
  return field === 'licenseCheck' ? '(result.licenseCheck ?? null)' : `result.${field}`;
}

export interface Kept {
  /** Such as `inputs.DueDate`. */
  readonly path: readonly string[];
  readonly feel: Feel;
  readonly expected: Expected;
}

/** The parts of a field that are not translated: the smallest that can be given by the caller. */
export function keptIn(field: string, feel: Feel): Kept[] {
  return keptAt([field], feel, expectedOf(field));
}

function keptAt(path: readonly string[], feel: Feel, expected: Expected): Kept[] {
  if (translate(feel, expected, () => '') !== undefined) return [];
  if (feel.kind !== 'context') return [{ path, feel, expected }];
  return feel.entries.flatMap(([name, value]) => keptAt([...path, name], value, 'any'));
}
