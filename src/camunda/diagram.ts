/** HOST: the elements of all processes of a file, and which may follow which. */
import { extensionsOf, type Node, nodesIn, textOf } from './moddle';

export interface Flow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** The text of its condition, which is FEEL. */
  readonly condition?: string;
  readonly isDefault: boolean;
}

export interface DiagramElement {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly node: Node;
  /** The process that it is in, at whatever depth. */
  readonly process: string;
  /** The subprocess around it, if it is in one. */
  readonly container: string | undefined;
  readonly outgoing: readonly Flow[];
  /** Of a boundary event: the activity. */
  readonly attachedTo: string | undefined;
  /** Of a call activity: the id of the process that it calls. */
  readonly calls: string | undefined;
}

export interface Diagram {
  readonly processes: readonly DiagramProcess[];
  readonly elements: ReadonlyMap<string, DiagramElement>;
  /** The codes of BPMN errors by the ids of their elements. */
  readonly errorCodes: ReadonlyMap<string, string>;
}

interface DiagramProcess {
  readonly id: string;
  readonly name: string;
}

export function diagramOf(root: Node): Diagram {
  const elements = new Map<string, DiagramElement>();
  const roots = nodesIn(root.rootElements);
  const processes = roots.filter(({ $type }) => $type === 'bpmn:Process');
  for (const process of processes) collect(process, String(process.id), undefined, elements);
  const errors = roots.filter(({ $type }) => $type === 'bpmn:Error');
  return {
    processes: processes.map((one) => ({ id: String(one.id), name: textOf(one, 'name') ?? String(one.id) })),
    elements,
    errorCodes: new Map(errors.map((one) => [String(one.id), textOf(one, 'errorCode') ?? ''])),
  };
}

function collect(
  within: Node,
  process: string,
  container: string | undefined,
  elements: Map<string, DiagramElement>,
): void {
  const nodes = nodesIn(within.flowElements);
  const flows = nodes.filter(isFlow).map((flow) => flowOf(flow));
  for (const node of nodes.filter((one) => !isFlow(one))) {
    const id = String(node.id);
    elements.set(id, {
      id,
      type: node.$type.replace('bpmn:', ''),
      name: textOf(node, 'name') ?? id,
      node,
      process,
      container,
      outgoing: flows.filter(({ from }) => from === id),
      attachedTo: idOf(node.attachedToRef),
      calls:
        textOf(extensionsOf(node, 'zeebe:CalledElement')[0], 'processId') ?? textOf(node, 'calledElement'),
    });
    collect(node, process, id, elements);
  }
}

function isFlow({ $type }: Node): boolean {
  return $type === 'bpmn:SequenceFlow';
}

function flowOf(node: Node): Flow {
  const source = node.sourceRef as Node | undefined;
  const condition = textOf(node.conditionExpression as Node | undefined, 'body');
  return {
    id: String(node.id),
    from: idOf(source) ?? '',
    to: idOf(node.targetRef) ?? '',
    ...(condition !== undefined && { condition }),
    isDefault: source?.default === node,
  };
}

export function idOf(value: unknown): string | undefined {
  return textOf(value as Node | undefined, 'id');
}
