/** HOST: everything that an element says, so that what becomes of each of it is told. */
import { isNode, type Node } from './moddle';

/** One attribute, header, mapping or text of an element. */
export interface Fact {
  /** Such as `header retryBackoff`, `input runMode`, `task definition retries`. */
  readonly what: string;
  readonly value: string;
}

/** What becomes of a fact. */
export type Fate =
  /** It is in the call, or in its result. */
  | 'mapped'
  /** The run does it by itself. */
  | 'covered'
  /** It is in the call in another way, or needs somebody's hand. */
  | 'check'
  /** It has no counterpart. */
  | 'lost';

export interface ReportLine {
  /** The id of the element; of the process or the file for what is said of them. */
  readonly element: string;
  readonly name: string;
  readonly what: string;
  readonly fate: Fate;
  readonly text: string;
}

const STRUCTURE = new Set(['$type', '$parent', '$children', '$body', 'incoming', 'outgoing']);

/** Those of the elements in it too, but not of flow elements: they have a life of their own. */
export function factsOf(node: Node): Fact[] {
  return [...attributesOf(node, ''), ...childrenOf(node, '')];
}

function attributesOf(node: Node, prefix: string): Fact[] {
  const own = Object.entries(node).filter(([name]) => !STRUCTURE.has(name) && !name.startsWith('$'));
  const all = [...own, ...Object.entries(node.$attrs ?? {})];
  return all
    .filter(([name, value]) => !isContent(value, node) && !name.startsWith('xmlns'))
    .map(([name, value]) => ({ what: `${prefix}${name}`, value: shown(value) }));
}

function isContent(value: unknown, parent: Node): boolean {
  const values = Array.isArray(value) ? value : [value];
  return values.some((one) => isNode(one) && (one.$parent === undefined || one.$parent === parent));
}

function shown(value: unknown): string {
  const values = Array.isArray(value) ? value : [value];
  return values.map((one) => (isNode(one) ? String(one.id ?? one.$type) : String(one))).join(', ');
}

function childrenOf(node: Node, prefix: string): Fact[] {
  const own = Object.entries(node).filter(([name]) => !STRUCTURE.has(name) && name !== 'flowElements');
  const contents = own.flatMap(([, value]) => (isContent(value, node) ? [value].flat() : []));
  const children = [...contents, ...(node.$children ?? [])].filter(isNode);
  const body = node.$body === undefined ? [] : [{ what: `${prefix}text`, value: node.$body }];
  return [...body, ...children.flatMap((child) => factsOfChild(child, prefix))];
}

/** Zeebe's own, by what a modeler calls them. */
const NAMED: Record<string, { label: string; key: string; value: string }> = {
  'zeebe:Input': { label: 'input', key: 'target', value: 'source' },
  'zeebe:Output': { label: 'output', key: 'target', value: 'source' },
  'zeebe:Header': { label: 'header', key: 'key', value: 'value' },
  'zeebe:Property': { label: 'property', key: 'name', value: 'value' },
};

const TRANSPARENT = new Set([
  'bpmn:ExtensionElements',
  'zeebe:IoMapping',
  'zeebe:TaskHeaders',
  'zeebe:Properties',
]);

function factsOfChild(node: Node, prefix: string): Fact[] {
  if (TRANSPARENT.has(node.$type)) return [...attributesOf(node, prefix), ...childrenOf(node, prefix)];
  const named = NAMED[node.$type];
  if (!named) {
    const inner = `${prefix}${labelOf(node.$type)} `;
    const facts = [...attributesOf(node, inner), ...childrenOf(node, inner)];
    return facts.length > 0 ? facts : [{ what: inner.trim(), value: '' }];
  }
  const what = `${prefix}${named.label} ${String(node[named.key] ?? '')}`;
  const others = attributesOf(node, `${what} `).filter(
    (fact) => ![named.key, named.value].some((name) => fact.what === `${what} ${name}`),
  );
  return [{ what, value: String(node[named.value] ?? '') }, ...others, ...childrenOf(node, `${what} `)];
}

/** `zeebe:TaskDefinition` is `task definition`; what is of neither BPMN nor Zeebe keeps its name. */
function labelOf(type: string): string {
  const known = /^(?:bpmn|zeebe):(\w+)$/.exec(type)?.[1];
  return known === undefined ? type : known.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
