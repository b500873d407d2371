/** HOST: what a FEEL expression comes to, as far as it is known before the process runs. */
import { type Feel, literalOf, NULL } from './feel';

/** The known values of names, such as `runMode` and `authentication.token`, and where they come from. */
export type Scope = ReadonlyMap<string, ScopeValue>;

export interface ScopeValue {
  readonly value: Feel;
  /** The names that have gone into it, its own included. */
  readonly from: ReadonlySet<string>;
}

/** Puts known values in, and computes what they decide. Tells `used` each name that has gone in. */
export function resolve(feel: Feel, scope: Scope, used: (name: string) => void = () => {}): Feel {
  const inner = (one: Feel) => resolve(one, scope, used);
  switch (feel.kind) {
    case 'variable':
    case 'path':
      return known(feel, scope, used) ?? (feel.kind === 'path' ? member(inner(feel.of), feel.name) : feel);
    case 'list':
      return { kind: 'list', items: feel.items.map(inner) };
    case 'context':
      return { kind: 'context', entries: feel.entries.map(([name, value]) => [name, inner(value)]) };
    case 'sum':
      return sum(feel.parts.map(inner));
    case 'if':
      return choice(inner(feel.condition), inner(feel.yes), inner(feel.no));
    case 'compare':
      return compared({ ...feel, left: inner(feel.left), right: inner(feel.right) });
    case 'either':
    case 'both':
      return combined({ ...feel, left: inner(feel.left), right: inner(feel.right) });
    case 'call':
      return called({ ...feel, args: feel.args.map(inner) });
    case 'other':
      for (const name of feel.names.filter((one) => scope.has(one))) used(name);
      return feel;
    default:
      return feel;
  }
}

/** Like `resolve`, with the names that have gone in. */
export function resolveWithOrigins(feel: Feel, scope: Scope): ScopeValue {
  const from = new Set<string>();
  const value = resolve(feel, scope, (name) => {
    for (const one of [name, ...(scope.get(name)?.from ?? [])]) from.add(one);
  });
  return { value, from };
}

/** The names in `a.b.c`; undefined for anything but names joined by dots. */
export function namesOf(feel: Feel): string[] | undefined {
  if (feel.kind === 'variable') return [feel.name];
  const of = feel.kind === 'path' ? namesOf(feel.of) : undefined;
  return of && feel.kind === 'path' ? [...of, feel.name] : undefined;
}

/** `a.b.c`. */
export function pathOf(feel: Feel): string | undefined {
  return namesOf(feel)?.join('.');
}

function known(feel: Feel, scope: Scope, used: (name: string) => void): Feel | undefined {
  const path = pathOf(feel);
  if (path === undefined || !scope.has(path)) return undefined;
  used(path);
  return scope.get(path)?.value;
}

function member(of: Feel, name: string): Feel {
  if (of.kind === 'context') return of.entries.findLast(([key]) => key === name)?.[1] ?? NULL;
  return { kind: 'path', of, name };
}

/** Joins texts as soon as one of them is known to be a text, because then all have to be. */
function sum(parts: Feel[]): Feel {
  const flat = parts.flatMap((part) => (part.kind === 'sum' ? part.parts : [part]));
  if (!flat.some(isText)) return numbers(flat) ?? { kind: 'sum', parts: flat };
  const joined: Feel[] = [];
  for (const part of flat) {
    const last = joined.at(-1);
    if (isLiteralText(last) && isLiteralText(part))
      joined[joined.length - 1] = literalOf(last.value + part.value);
    else joined.push(part);
  }
  const [first] = joined;
  return joined.length === 1 && first ? first : { kind: 'sum', parts: joined };
}

function numbers(parts: Feel[]): Feel | undefined {
  const values = parts.map((part) => (part.kind === 'literal' ? part.value : undefined));
  if (!values.every((value) => typeof value === 'number')) return undefined;
  return literalOf(values.reduce((all, one) => all + one, 0));
}

function isLiteralText(feel: Feel | undefined): feel is { kind: 'literal'; value: string } {
  return feel?.kind === 'literal' && typeof feel.value === 'string';
}

export function isText(feel: Feel): boolean {
  if (feel.kind === 'call') return feel.name === 'string' || feel.name === 'to json';
  return isLiteralText(feel) || (feel.kind === 'sum' && feel.parts.some(isText));
}

/** `if x = null then null else x` is x. */
function choice(condition: Feel, then: Feel, otherwise: Feel): Feel {
  if (condition.kind === 'literal') return condition.value === true ? then : otherwise;
  const tested = condition.kind === 'compare' && isNull(condition.right) ? condition : undefined;
  const [whenNull, whenNot] = tested?.operator === '!=' ? [otherwise, then] : [then, otherwise];
  if (tested && isNull(whenNull) && isSame(tested.left, whenNot)) return whenNot;
  return { kind: 'if', condition, yes: then, no: otherwise };
}

export function isNull(feel: Feel): boolean {
  return feel.kind === 'literal' && feel.value === null;
}

function isSame(one: Feel, other: Feel): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether it is certainly not null. */
function isFilled(feel: Feel): boolean {
  return ['list', 'context'].includes(feel.kind) || isText(feel);
}

function compared(feel: Extract<Feel, { kind: 'compare' }>): Feel {
  const { operator, left, right } = feel;
  if (left.kind === 'literal' && right.kind === 'literal')
    return comparedLiterals(operator, left.value, right.value);
  const isNeverNull = (isNull(right) && isFilled(left)) || (isNull(left) && isFilled(right));
  return isNeverNull && (operator === '=' || operator === '!=') ? literalOf(operator === '!=') : feel;
}

type Literal = string | number | boolean | null;

function comparedLiterals(operator: string, left: Literal, right: Literal): Feel {
  if (operator === '=') return literalOf(left === right);
  if (operator === '!=') return literalOf(left !== right);
  if (typeof left !== typeof right || left === null || right === null) return NULL;
  const orders: Record<string, boolean> = {
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  };
  return literalOf(orders[operator] ?? false);
}

function combined(feel: Extract<Feel, { kind: 'either' | 'both' }>): Feel {
  const decides = feel.kind === 'either';
  const sides = [feel.left, feel.right];
  if (sides.some((side) => side.kind === 'literal' && side.value === decides)) return literalOf(decides);
  const open = sides.filter((side) => !(side.kind === 'literal' && side.value === !decides));
  if (open.length === 0) return literalOf(!decides);
  return open.length === 1 && open[0] ? open[0] : feel;
}

/** The functions of Camunda's FEEL that inputs are made with. */
function called(feel: Extract<Feel, { kind: 'call' }>): Feel {
  const [argument] = feel.args;
  if (!argument) return feel;
  if (feel.name === 'string' && argument.kind === 'literal' && argument.value !== null) {
    return literalOf(String(argument.value));
  }
  if (feel.name === 'string' && isText(argument)) return argument;
  if (feel.name === 'number' && isLiteralText(argument) && /^-?\d{1,15}$/.test(argument.value)) {
    return literalOf(Number(argument.value));
  }
  if (feel.name === 'is defined') {
    if (argument.kind === 'literal') return literalOf(argument.value !== null);
    return isFilled(argument) ? literalOf(true) : feel;
  }
  return feel;
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** The value, where no variable is in it. */
export function constantOf(feel: Feel): Json | undefined {
  if (feel.kind === 'literal') return feel.value;
  if (feel.kind === 'list') {
    const items = feel.items.map(constantOf);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (feel.kind !== 'context') return undefined;
  const entries = feel.entries.map(([name, value]) => [name, constantOf(value)] as const);
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(entries) as Json;
}

export function feelOf(json: unknown): Feel {
  if (Array.isArray(json)) return { kind: 'list', items: json.map(feelOf) };
  if (typeof json !== 'object' || json === null) return { kind: 'literal', value: json as Literal };
  return { kind: 'context', entries: Object.entries(json).map(([name, value]) => [name, feelOf(value)]) };
}

/** The text of an expression that is not constant, without `=`. */
export function printed(feel: Feel): string {
  switch (feel.kind) {
    case 'literal':
      return JSON.stringify(feel.value);
    case 'variable':
      return printedName(feel.name);
    case 'result':
      return `result.${feel.field}`;
    case 'path':
      return `${printed(feel.of)}.${printedName(feel.name)}`;
    case 'list':
      return `[${feel.items.map(printed).join(', ')}]`;
    case 'context':
      return `{${feel.entries.map(([name, value]) => `${JSON.stringify(name)}: ${printed(value)}`).join(', ')}}`;
    case 'sum':
      return feel.parts.map(printedOperand).join(' + ');
    case 'if':
      return `if ${printed(feel.condition)} then ${printed(feel.yes)} else ${printed(feel.no)}`;
    case 'compare':
      return `${printedOperand(feel.left)} ${feel.operator} ${printedOperand(feel.right)}`;
    case 'either':
    case 'both':
      return `${printedOperand(feel.left)} ${feel.kind === 'either' ? 'or' : 'and'} ${printedOperand(feel.right)}`;
    case 'call':
      return `${feel.name}(${feel.args.map(printed).join(', ')})`;
    case 'other':
      return feel.source;
  }
}

function printedOperand(feel: Feel): string {
  const isSimple = ['literal', 'variable', 'path', 'call', 'list', 'context', 'result'].includes(feel.kind);
  return isSimple ? printed(feel) : `(${printed(feel)})`;
}

function printedName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `\`${name}\``;
}
