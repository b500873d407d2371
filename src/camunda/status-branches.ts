/** HOST: where a process goes by the status of a robot: on with the wait, back to a new robot, or to what it does then. */
import { desktopFlowFailureType } from '../common/failure-types';
import { BAD_ENDS, type BadEnd, FLOW_RUN_STATUSES } from '../common/status';
import type { ConnectorTask } from './connector-tasks';
import type { DiagramElement, Flow } from './diagram';
import type { Fate } from './facts';
import { errorCodeOf, type FailurePaths, withStatus } from './failures';
import { type Feel, literalOf, type ReadFeel } from './feel';
import { resolve, type ScopeValue } from './feel-values';
import type { Group } from './groups';
import { at, variablesAfter } from './results';
import type { Place, Ways } from './ways';

interface Told {
  fate: Fate;
  text: string;
}

export interface StatusBranches {
  failures: FailurePaths;
  /** The ends after which the process starts a new robot, and how often at most where it says so. */
  retried: Set<BadEnd>;
  attempts: number | undefined;
  /** The elements on the ways back to the trigger. */
  waysBack: Set<DiagramElement>;
  /** By the gateway, what is said of it in the report. */
  told: Map<DiagramElement, Told[]>;
}

export function statusBranches(
  group: Group,
  tasks: readonly ConnectorTask[],
  ways: Ways,
  read: ReadFeel,
): StatusBranches {
  const branches: StatusBranches = {
    failures: new Map(),
    retried: new Set(),
    attempts: undefined,
    waysBack: new Set(),
    told: new Map(),
  };
  const statuses = group.followers.filter(({ operation }) => operation === 'status');
  const variables = new Map(statuses.flatMap((task) => [...variablesAfter(task, read)]));
  const asked = group.places.filter(({ element }) => statuses.some((task) => task.element === element));
  // Another status task asks for another robot: what is decided after it is not about this one.
  const others = tasks.filter((one) => one.operation === 'status' && !statuses.includes(one));
  const ends = new Set([group.trigger, ...others].map((one) => one?.element));
  const after = ways.after(asked, ({ element }) => ends.has(element));
  const gateways = new Map(after.map((place) => [place.element, place]));
  for (const [element, place] of gateways) {
    if (/Gateway$/.test(element.type)) readGateway(place, variables, group, ways, read, branches);
  }
  return branches;
}

interface Branch {
  flow: Flow;
  codes: number[];
  bound?: number | undefined;
}

function readGateway(
  place: Place,
  variables: ReadonlyMap<string, Feel>,
  group: Group,
  ways: Ways,
  read: ReadFeel,
  branches: StatusBranches,
): void {
  const gateway = place.element;
  const conditional = gateway.outgoing.filter(({ condition }) => condition !== undefined);
  const decided = conditional.map((flow) => branchOf(flow, variables, read));
  if (!decided.some(({ codes }) => codes.length > 0)) return;
  const taken = new Set(decided.flatMap(({ codes, bound }) => (bound === undefined ? codes : [])));
  const rest = FLOW_RUN_STATUSES.map((_, code) => code).filter((code) => !taken.has(code));
  const others = gateway.outgoing.filter(({ condition }) => condition === undefined);
  for (const branch of [...decided, ...others.map((flow) => ({ flow, codes: rest }))]) {
    follow(branch, place, group, ways, branches);
  }
}

/** Tries the condition with each status. */
function branchOf(flow: Flow, variables: ReadonlyMap<string, Feel>, read: ReadFeel): Branch {
  const parsed = read(flow.condition ?? '');
  const results = FLOW_RUN_STATUSES.map((_, code) => {
    const scope = [...variables].map(([name, value]): [string, ScopeValue] => [
      name,
      at(withStatus(value, code)),
    ]);
    return resolve(parsed, new Map(scope));
  });
  const bound = results.map(boundOf).find((one) => one !== undefined);
  const isOpen = (feel: Feel) =>
    boundOf(feel) !== undefined || JSON.stringify(feel) === JSON.stringify(literalOf(true));
  // A condition that no status decides says nothing of them.
  if (results.every((feel) => isOpen(feel)) || results.every((feel) => feel.kind !== 'literal'))
    return { flow, codes: [] };
  return { flow, codes: results.flatMap((feel, code) => (isOpen(feel) ? [code] : [])), bound };
}

/** `tries < 3`, which is left of a condition once the status is known: a number of robots. */
function boundOf(feel: Feel): number | undefined {
  if (feel.kind !== 'compare' || feel.right.kind !== 'literal' || typeof feel.right.value !== 'number')
    return undefined;
  if (feel.operator === '<') return feel.right.value;
  return feel.operator === '<=' ? feel.right.value + 1 : undefined;
}

function follow(branch: Branch, place: Place, group: Group, ways: Ways, to: StatusBranches): void {
  const { flow, codes, bound } = branch;
  const { element: gateway, callers } = place;
  const { diagram } = ways;
  const target = diagram.elements.get(flow.to);
  const names = codes.map((code) => FLOW_RUN_STATUSES[code]);
  const bad = BAD_ENDS.filter((end) => names.includes(end));
  if (codes.length === 0 || !target) return;
  const way = wayBack({ element: target, callers }, group, ways);
  if (way && bad.length > 0) {
    for (const end of bad) to.retried.add(end);
    for (const element of way) to.waysBack.add(element);
    if (bound !== undefined) to.attempts = bound;
    tell(to, gateway, 'mapped', `${bad.join(', ')}: a new robot, by retry.statuses`);
    return;
  }
  const isOurs = group.between.includes(target) || group.followers.some(({ element }) => element === target);
  if (isOurs) {
    tell(to, gateway, 'covered', `${short(names)}: the run goes on by itself`);
    return;
  }
  const thrown = errorCodeOf(target, diagram);
  for (const end of bad) {
    const path = { ...(thrown ? { bpmnError: thrown } : {}), goesTo: target.name };
    to.failures.set(desktopFlowFailureType(end), path);
  }
  if (bad.length > 0) {
    tell(to, gateway, 'mapped', `${bad.join(', ')}: went on to ${target.name}, as failures of these types`);
  }
  const waiting = names.filter((name) => name !== 'Succeeded' && !bad.some((end) => end === name));
  if (waiting.length > 0) {
    const text = `went on to ${target.name} while the robot had not ended; the run waits: give it a deadline`;
    tell(to, gateway, 'check', `${waiting.join(', ')}: ${text}`);
  }
  if (names.includes('Succeeded')) {
    tell(to, gateway, 'covered', `Succeeded: went on to ${target.name}, with the result of the call`);
  }
}

function short(names: readonly (string | undefined)[]): string {
  return names.length > 8 ? `${names.length} statuses` : names.join(', ');
}

function tell({ told }: StatusBranches, gateway: DiagramElement, fate: Fate, text: string): void {
  told.set(gateway, [...(told.get(gateway) ?? []), { fate, text }]);
}

/** Waits and gateways alone: where a person or a task comes in, it is no retry. */
const PASSED = /Gateway$|^IntermediateCatchEvent$|^IntermediateThrowEvent$|^ScriptTask$/;

/** The elements on the way back to the trigger, if the process goes there by itself. */
function wayBack(target: Place, { trigger }: Group, ways: Ways): DiagramElement[] | undefined {
  if (!trigger) return undefined;
  if (target.element === trigger.element) return [];
  const stops = ({ element }: Place) => element === trigger.element || !PASSED.test(element.type);
  if (stops(target)) return undefined;
  const passed = [target, ...ways.after([target], stops)];
  const back = ways.leadingTo([{ element: trigger.element, callers: target.callers }], passed);
  const elements = back.map(({ element }) => element);
  return elements.includes(target.element) ? elements : undefined;
}
