/** HOST: FEEL expressions as trees of our own, read with feelin's parser, which is loaded when it is used. */
import { DIALECT, loadFeelin } from '../feel/interpreter';

export type Feel =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'list'; items: Feel[] }
  | { kind: 'context'; entries: [string, Feel][] }
  | { kind: 'variable'; name: string }
  | { kind: 'path'; of: Feel; name: string }
  | { kind: 'if'; condition: Feel; yes: Feel; no: Feel }
  | { kind: 'compare'; operator: string; left: Feel; right: Feel }
  | { kind: 'either' | 'both'; left: Feel; right: Feel }
  | { kind: 'call'; name: string; args: Feel[] }
  /** With `+`: texts, as soon as one of them is known to be a text; otherwise they may be numbers. */
  | { kind: 'sum'; parts: Feel[] }
  /** A field of the result of the run that takes the place of the tasks. */
  | { kind: 'result'; field: string }
  /** What we do not translate. */
  | { kind: 'other'; source: string; names: string[] };

export const NULL: Feel = { kind: 'literal', value: null };

export function literalOf(value: string | number | boolean): Feel {
  return { kind: 'literal', value };
}

/** Reads a value as Zeebe writes it: FEEL after `=`, anything else is a text. */
export type ReadFeel = (text: string) => Feel;

interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  readonly firstChild: SyntaxNode | null;
  readonly nextSibling: SyntaxNode | null;
}

export async function loadFeelReader(): Promise<ReadFeel> {
  const { parseExpression } = await loadFeelin();
  return (text) => {
    if (!text.startsWith('=')) return literalOf(text);
    const source = text.slice(1);
    const top: SyntaxNode = parseExpression(source, {}, DIALECT).topNode;
    const [expression] = childrenOf(top);
    if (!expression || holdsError(top)) return { kind: 'other', source: source.trim(), names: [] };
    return read(expression, source);
  };
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children.filter(({ name }) => !/Comment$/.test(name));
}

function holdsError(node: SyntaxNode): boolean {
  return node.type.isError || childrenOf(node).some(holdsError);
}

function read(node: SyntaxNode, source: string): Feel {
  const text = source.slice(node.from, node.to);
  const children = childrenOf(node);
  const inner = children.filter(({ name }) => /^([A-Z]\w+|null)$/.test(name));
  const [first, second, third] = inner.map((child) => () => read(child, source));
  switch (node.name) {
    case 'null':
      return NULL;
    case 'StringLiteral':
      return literalOf(unquoted(text));
    case 'BooleanLiteral':
      return literalOf(text === 'true');
    case 'NumericLiteral':
      if (isExact(text)) return literalOf(Number(text.replaceAll(/\s/g, '')));
      break;
    case 'VariableName':
      return { kind: 'variable', name: nameOf(text) };
    case 'ParenthesizedExpression':
      if (inner.length === 1 && first) return first();
      break;
    case 'PathExpression':
      if (first && inner[1]?.name === 'PathName') {
        return { kind: 'path', of: first(), name: nameOf(source.slice(inner[1].from, inner[1].to)) };
      }
      break;
    case 'List':
      return { kind: 'list', items: inner.map((child) => read(child, source)) };
    case 'Context':
      return { kind: 'context', entries: inner.map((entry) => entryOf(entry, source)) };
    case 'IfExpression':
      if (first && second && third) {
        return { kind: 'if', condition: first(), yes: second(), no: third() };
      }
      break;
    case 'Disjunction':
    case 'Conjunction':
      if (first && second) {
        return { kind: node.name === 'Disjunction' ? 'either' : 'both', left: first(), right: second() };
      }
      break;
    case 'Comparison':
      return comparisonOf(node, source) ?? otherOf(node, source);
    case 'ArithmeticExpression':
      if (first && third && source.slice(inner[1]?.from, inner[1]?.to) === '+') {
        return { kind: 'sum', parts: [first(), third()] };
      }
      break;
    case 'FunctionInvocation':
    case 'DateTimeLiteral':
      return callOf(inner, source) ?? otherOf(node, source);
  }
  return otherOf(node, source);
}

function otherOf(node: SyntaxNode, source: string): Feel {
  return {
    kind: 'other',
    source: source.slice(node.from, node.to),
    names: [...new Set(namesIn(node, source))],
  };
}

function namesIn(node: SyntaxNode, source: string): string[] {
  if (node.name === 'VariableName') return [nameOf(source.slice(node.from, node.to))];
  return childrenOf(node).flatMap((child) => namesIn(child, source));
}

function entryOf(entry: SyntaxNode, source: string): [string, Feel] {
  const [key, value] = childrenOf(entry).filter(({ name }) => name !== ':');
  const name = key ? source.slice(key.from, key.to) : '';
  return [name.startsWith('"') ? unquoted(name) : nameOf(name), value ? read(value, source) : NULL];
}

/** `a = b`, and `a in (b, c)` as one of several equal ones. */
function comparisonOf(node: SyntaxNode, source: string): Feel | undefined {
  const [left, operator, ...rest] = childrenOf(node);
  if (!left || !operator) return undefined;
  const compared = (right: SyntaxNode, sign: string): Feel => ({
    kind: 'compare',
    operator: sign,
    left: read(left, source),
    right: read(right, source),
  });
  if (operator.name === 'CompareOp' && rest[0]) {
    return compared(rest[0], source.slice(operator.from, operator.to));
  }
  const tests = rest.find(({ name }) => name === 'PositiveUnaryTests');
  const values = tests
    ? childrenOf(tests)
        .filter(({ name }) => name === 'PositiveUnaryTest')
        .flatMap(childrenOf)
    : [];
  if (operator.name !== 'in' || values.length === 0 || values.some(({ name }) => !/Literal$/.test(name))) {
    return undefined;
  }
  return values
    .map((value) => compared(value, '='))
    .reduce((all, one) => ({ kind: 'either', left: all, right: one }));
}

/** `date(…)` and its like are no names to the parser. */
const CALLEES = new Set(['VariableName', 'DateTimeConstructor']);

function callOf([callee, parameters]: SyntaxNode[], source: string): Feel | undefined {
  if (!callee || !CALLEES.has(callee.name) || (parameters && parameters.name !== 'PositionalParameters')) {
    return undefined;
  }
  const args = parameters ? childrenOf(parameters).filter(({ name }) => name !== ',') : [];
  return {
    kind: 'call',
    name: nameOf(source.slice(callee.from, callee.to)),
    args: args.map((argument) => read(argument, source)),
  };
}

function nameOf(text: string): string {
  return text.startsWith('`') ? text.slice(1, -1) : text.replaceAll(/\s+/g, ' ').trim();
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (whole, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? (code === '"' || code === '\\' ? code : whole);
  });
}

/** JavaScript would round others. */
function isExact(text: string): boolean {
  return text.replaceAll(/[^0-9]/g, '').length <= 15;
}

/** A context of literals. */
export function feelFieldsOf(fields: Record<string, string | number | string[]>): Feel {
  const value = (one: string | number | string[]): Feel =>
    Array.isArray(one) ? { kind: 'list', items: one.map(literalOf) } : literalOf(one);
  return { kind: 'context', entries: Object.entries(fields).map(([name, one]) => [name, value(one)]) };
}
