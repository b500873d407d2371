/** Nothing that is shipped makes code of text: no `eval`, no `new Function`, no module compiled from a text. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';

const ROOT = path.join(__dirname, '..', '..');
/** What the package has, and what the image has besides. */
const SHIPPED = ['src', 'tools/temporal'];

/**
 * `node:vm` for the time limit of an expression in FEEL, where what is called is compiled already, and for V8's `gc`, which
 * contexts alone have that are made after its flag was set. The texts that they compile are constants.
 */
const ALLOWED = [
  'src/feel/interpreter.ts: runInNewContext',
  'src/feel/interpreter.ts: Script',
  'src/worker/heap.ts: runInNewContext',
];

/** Names that compile text, and properties of `node:vm` and `node:module` that do. */
const EVALUATES =
  /^(eval|Function|AsyncFunction|GeneratorFunction|Script|SourceTextModule|compileFunction|runIn(New|This)?Context|_compile)$/;

interface Node {
  type?: string;
  callee?: Node;
  value?: string;
  property?: Node;
  expression?: Node;
  arguments?: { expression: Node }[] | null;
}

/** The names by which a file calls what compiles text. */
function evaluationsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { type, callee } = node as Node;
  const isCall = type === 'CallExpression' || type === 'NewExpression';
  const name = isCall ? nameOf(callee) : undefined;
  const own = name !== undefined && isEvaluation(name, node as Node) ? [name] : [];
  return [...own, ...Object.values(node).flatMap(evaluationsIn)];
}

/** Timers compile a text too. */
function isEvaluation(name: string, call: Node): boolean {
  const isTimer = /^set(Timeout|Interval|Immediate)$/.test(name);
  const [first] = call.arguments ?? [];
  if (isTimer) return /^(StringLiteral|TemplateLiteral)$/.test(first?.expression.type ?? '');
  return EVALUATES.test(name);
}

function nameOf(node: Node | undefined): string | undefined {
  if (node?.type === 'ParenthesisExpression') return nameOf(node.expression);
  return node?.type === 'MemberExpression' ? node.property?.value : node?.value;
}

function evaluationsOf(text: string): string[] {
  return evaluationsIn(parseSync(text, { syntax: 'typescript' }));
}

it('notices every way to make code of text', () => {
  const ways = [
    'eval(text)',
    '(0, globalThis.eval)(text); globalThis.eval(text)',
    'new Function(text)',
    'Function(text)()',
    'new vm.Script(text)',
    'vm.runInNewContext(text)',
    "setTimeout('text')",
  ];
  for (const way of ways) expect([way, evaluationsOf(way).length > 0]).toEqual([way, true]);
  expect(evaluationsOf('setTimeout(run, 5); evaluate(text); "eval(text)"; class Function2 {}')).toEqual([]);
});

it('finds none in what is shipped, but for what is listed', () => {
  const files = SHIPPED.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => path.join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(100);
  const found = files.flatMap((file) =>
    evaluationsOf(readFileSync(path.join(ROOT, file), 'utf8')).map(
      (name) => `${file.replaceAll(path.sep, '/')}: ${name}`,
    ),
  );
  expect(found.sort()).toEqual(ALLOWED.toSorted());
});
