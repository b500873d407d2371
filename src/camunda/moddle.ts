/** HOST: a BPMN file as the tree that bpmn-moddle makes of it, which is loaded when a file is read. */
/** An element of the tree: its attributes and children by name, besides what all have. */
export interface Node {
  readonly $type: string;
  readonly $parent?: Node;
  /** Attributes that the schemas of BPMN and Zeebe do not know. */
  readonly $attrs?: Readonly<Record<string, unknown>>;
  readonly $children?: readonly Node[];
  readonly $body?: string;
  readonly [name: string]: unknown;
}

export interface BpmnFile {
  readonly root: Node;
  /** What the reader did not understand. */
  readonly warnings: readonly string[];
}

/** The file is no BPMN. */
export class BpmnError extends Error {}

/** @throws BpmnError */
export async function readBpmn(xml: string): Promise<BpmnFile> {
  const { BpmnModdle } = await import('bpmn-moddle');
  const zeebe: unknown = require('zeebe-bpmn-moddle/resources/zeebe.json');
  try {
    const { rootElement, warnings } = await new BpmnModdle({ zeebe }).fromXML(xml);
    return { root: rootElement as Node, warnings: warnings.map(({ message }) => firstLine(message)) };
  } catch (error) {
    throw new BpmnError(`this is no BPMN 2.0 in XML: ${firstLine((error as Error).message)}`);
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).$type === 'string';
}

export function nodesIn(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [];
}

/** A text attribute; undefined where it is missing or empty. */
export function textOf(node: Node | undefined, name: string): string | undefined {
  const value = node?.[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** The inputs or the outputs of an element, as Zeebe maps them: `target` and `source`. */
export function mappingsOf(node: Node, which: 'inputParameters' | 'outputParameters'): Node[] {
  return extensionsOf(node, 'zeebe:IoMapping').flatMap((mapping) => nodesIn(mapping[which]));
}

/** Zeebe's or anybody's extensions of an element, of one type where one is named. */
export function extensionsOf(node: Node, type?: string): Node[] {
  const { values } = (node.extensionElements ?? {}) as { values?: unknown };
  return nodesIn(values).filter(({ $type }) => type === undefined || $type === type);
}
