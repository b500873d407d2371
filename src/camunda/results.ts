/** HOST: the process variables that a connector task leaves, as expressions of the result of the run. */
import type { Operation } from './addresses';
import type { ConnectorTask } from './connector-tasks';
import { type Feel, literalOf, type ReadFeel } from './feel';
import { pathOf, resolve, type Scope, type ScopeValue } from './feel-values';
import { mappingsOf } from './moddle';
import type { Place, Ways } from './ways';

const result = (field: string): Feel => ({ kind: 'result', field });

/** What Dataverse answers, by the fields of the run's result. */
const BODIES: Record<Operation, Feel> = {
  trigger: {
    kind: 'context',
    entries: [
      ['flowsessionId', result('flowSessionId')],
      ['licenseCheck', result('licenseCheck')],
    ],
  },
  status: {
    kind: 'context',
    entries: [
      ['flowsessionid', result('flowSessionId')],
      ['statuscode', result('statusCode')],
      ['startedon', result('startedOn')],
      ['completedon', result('completedOn')],
      ['errorcode', result('attempts.errorCode')],
      ['errormessage', result('attempts.errorMessage')],
    ],
  },
  outputs: result('outputs'),
  cancel: { kind: 'literal', value: null },
};

function responseOf(operation: Operation): Feel {
  const status = literalOf(operation === 'cancel' ? 204 : 200);
  return {
    kind: 'context',
    entries: [
      ['status', status],
      ['body', BODIES[operation]],
    ],
  };
}

export const at = (value: Feel): ScopeValue => ({ value, from: new Set() });

/** What `response` is in the expressions of a task. */
export function responseScope(operation: Operation): Scope {
  return new Map([['response', at(responseOf(operation))]]);
}

/** The process variables after the task, by their names. */
export function variablesAfter(task: ConnectorTask, read: ReadFeel): ReadonlyMap<string, Feel> {
  const variables = found.get(task) ?? findVariables(task, read);
  found.set(task, variables);
  return variables;
}

const found = new WeakMap<ConnectorTask, ReadonlyMap<string, Feel>>();

function findVariables({ element, operation, ledger }: ConnectorTask, read: ReadFeel): Map<string, Feel> {
  const local = new Map<string, Feel>();
  const variable = ledger.value('header resultVariable');
  if (variable) local.set(variable, responseOf(operation));
  const expression = ledger.value('header resultExpression');
  if (expression) {
    const value = resolve(read(withSign(expression)), responseScope(operation));
    for (const [name, one] of value.kind === 'context' ? value.entries : []) local.set(name, one);
  }
  const outputs = mappingsOf(element.node, 'outputParameters');
  if (outputs.length === 0) return local;
  const scope = new Map([...local].map(([name, value]) => [name, at(value)]));
  return new Map(outputs.map((one) => [String(one.target), resolve(read(String(one.source ?? '')), scope)]));
}

/** Those too that subprocesses and calls around the task make of its variables. */
export function variablesOutside(
  variables: ReadonlyMap<string, Feel>,
  places: readonly Place[],
  ways: Ways,
  read: ReadFeel,
): Map<string, Feel> {
  const all = new Map(variables);
  for (const { element } of places.flatMap((place) => ways.surroundings(place))) {
    const outputs = mappingsOf(element.node, 'outputParameters');
    const scope = new Map([...all].map(([name, value]) => [name, at(value)]));
    for (const one of outputs) {
      const value = resolve(read(String(one.source ?? '')), scope);
      if (JSON.stringify(value).includes('"kind":"result"')) all.set(String(one.target), value);
    }
  }
  return all;
}

/** A modeler may leave the sign out of an expression's header. */
export function withSign(expression: string): string {
  const text = expression.trim();
  return text.startsWith('=') ? text : `=${text}`;
}

/** The names, with members, that hold the flow session's id: `flowSessionId`, `trigger.body.flowsessionId`. */
export function sessionNames(variables: ReadonlyMap<string, Feel>): Set<string> {
  return new Set([...variables].flatMap(([name, value]) => sessionsIn(name, value)));
}

function sessionsIn(name: string, value: Feel): string[] {
  if (value.kind === 'result') return value.field === 'flowSessionId' ? [name] : [];
  return value.kind === 'context'
    ? value.entries.flatMap(([key, one]) => sessionsIn(`${name}.${key}`, one))
    : [];
}

/** Whether an expression is the flow session's id, in a scope where these names hold it. */
export function isSession(feel: Feel, names: ReadonlySet<string>): boolean {
  const unwrapped = feel.kind === 'call' && feel.name === 'string' ? feel.args[0] : feel;
  const path = unwrapped && pathOf(unwrapped);
  return path !== undefined && names.has(path);
}
