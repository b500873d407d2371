/** HOST: what a process does about robots and requests that fail, by the types of the run's failures. */
import { desktopFlowFailureType, type FailureType } from '../common/failure-types';
import { BAD_ENDS, FLOW_RUN_STATUSES } from '../common/status';
import type { ConnectorTask } from './connector-tasks';
import { type Diagram, type DiagramElement, idOf } from './diagram';
import { type Feel, literalOf, NULL, type ReadFeel } from './feel';
import { resolve, type ScopeValue } from './feel-values';
import { nodesIn } from './moddle';
import { at, responseScope, withSign } from './results';
import type { Place, Ways } from './ways';

/** What the process did then. */
export interface FailurePath {
  /** The code of the BPMN error. */
  bpmnError?: string;
  /** The element that came next, by name or id. */
  goesTo?: string;
}

export type FailurePaths = Map<FailureType, FailurePath>;

/** What a request of the connector fails with, as the failure that a run ends with. Others are tried again. */
const HTTP_FAILURES: Record<string, FailureType> = {
  '400': 'DataverseBadRequest',
  '401': 'DataverseUnauthorized',
  '403': 'DataverseForbidden',
  '404': 'DataverseNotFound',
};

/** The errors that the expressions of a task throw, tried out for each refusal and for each bad end of a robot. */
export function errorPaths(
  task: ConnectorTask,
  places: readonly Place[],
  ways: Ways,
  read: ReadFeel,
): FailurePaths {
  const { ledger, operation } = task;
  const paths: FailurePaths = new Map();
  const expression = ledger.value('header errorExpression');
  if (expression === undefined) return paths;
  const parsed = read(withSign(expression));
  const record = (type: FailureType, scope: Map<string, ScopeValue>) => {
    const code = thrownCode(resolve(parsed, scope));
    if (code !== undefined) paths.set(type, { bpmnError: code, ...catcherOf(places, code, ways) });
  };
  for (const [code, type] of Object.entries(HTTP_FAILURES)) {
    record(
      type,
      new Map([
        ['error', at(errorOf(code))],
        ['response', at(NULL)],
      ]),
    );
  }
  for (const end of operation === 'status' ? BAD_ENDS : []) {
    const response = withStatus(
      responseScope('status').get('response')?.value ?? NULL,
      FLOW_RUN_STATUSES.indexOf(end),
    );
    record(
      desktopFlowFailureType(end),
      new Map([
        ['error', at(NULL)],
        ['response', at(response)],
      ]),
    );
  }
  const told = [...paths].map(([type, { bpmnError }]) => `${type} was the BPMN error ${bpmnError}`);
  if (told.length > 0)
    ledger.say('header errorExpression', 'mapped', `failures of the call: ${told.join(', ')}`);
  else {
    const text =
      'throws nothing that can be told beforehand; decide by the type of the failure in the calling workflow';
    ledger.say('header errorExpression', 'check', text);
  }
  if (/jobError/.test(expression)) {
    ledger.say(
      'header errorExpression',
      'check',
      'jobError has no counterpart: the run decides what is tried again',
    );
  }
  return paths;
}

function errorOf(code: string): Feel {
  return {
    kind: 'context',
    entries: [
      ['code', literalOf(code)],
      ['message', { kind: 'variable', name: 'message' }],
    ],
  };
}

function thrownCode(feel: Feel): string | undefined {
  const [code] = feel.kind === 'call' && feel.name === 'bpmnError' ? feel.args : [];
  return code?.kind === 'literal' ? String(code.value) : undefined;
}

/** The result's status as a number. */
export function withStatus(feel: Feel, code: number): Feel {
  if (feel.kind === 'result') return feel.field === 'statusCode' ? literalOf(code) : feel;
  if (feel.kind !== 'context') return feel;
  return { kind: 'context', entries: feel.entries.map(([name, value]) => [name, withStatus(value, code)]) };
}

/** The boundary event that catches the error, on the task or around it, and where it leads. */
function catcherOf(places: readonly Place[], code: string, ways: Ways): FailurePath {
  const around = places.flatMap((place) => [place, ...ways.surroundings(place)]);
  for (const { element } of around.flatMap((place) => ways.interruptions(place))) {
    const caught = errorCodeOf(element, ways.diagram);
    if (caught === code || caught === '') return goesTo(element, ways.diagram);
  }
  return {};
}

function goesTo(element: DiagramElement, { elements }: Diagram): FailurePath {
  const target = elements.get(element.outgoing[0]?.to ?? '');
  return target ? { goesTo: target.name } : {};
}

/** Of an event that catches or throws a BPMN error; empty where it catches all. */
export function errorCodeOf({ node }: DiagramElement, { errorCodes }: Diagram): string | undefined {
  const definition = nodesIn(node.eventDefinitions).find(
    ({ $type }) => $type === 'bpmn:ErrorEventDefinition',
  );
  if (!definition) return undefined;
  return errorCodes.get(idOf(definition.errorRef) ?? '') ?? '';
}
