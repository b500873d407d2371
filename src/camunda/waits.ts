/** HOST: timers and other events of a process, as the fields that say how a run waits and when it gives up. */
import { toMs } from '../common/schema/fields';
import type { DiagramElement } from './diagram';
import { isoDurationMs, writtenDuration } from './durations';
import type { Fate, ReportLine } from './facts';
import { errorCodeOf } from './failures';
import { type Feel, feelFieldsOf, literalOf, type ReadFeel } from './feel';
import { resolve } from './feel-values';
import { type Group, tasksOf } from './groups';
import { type ImportedList, listOf } from './lists';
import { type Node, nodesIn, textOf } from './moddle';
import type { StatusBranches } from './status-branches';
import type { Fields } from './trigger-fields';
import type { Place, Ways } from './ways';

const DAY_MS = 86_400_000;
const LONGEST_DEADLINE_MS = 365 * DAY_MS;

export interface Waits {
  fields: Fields;
  lines: ReportLine[];
  list: ImportedList | undefined;
}

type Say = (element: DiagramElement, fate: Fate, text: string) => void;

export function waitsOf(group: Group, branches: StatusBranches, ways: Ways, read: ReadFeel): Waits {
  const lines: ReportLine[] = [];
  const say: Say = ({ id, name, type }, fate, text) =>
    lines.push({ element: id, name, what: type, fate, text });
  const fields: Fields = new Map();
  const poll = pollOf(group, branches, read, say);
  if (poll) fields.set('poll', poll);
  if (group.trigger) fields.set('retry', retryOf(branches, read, say));
  for (const [name, value] of interruptions(group, ways, read, say)) fields.set(name, value);
  sayOthers(group, branches, say);
  return { fields, lines, list: listOf(group, ways, say) };
}

/** How long a timer event waits, in milliseconds, where that is a fixed duration. */
function timerMs(element: DiagramElement, read: ReadFeel): number | undefined {
  const timer = timerOf(element);
  const written = textOf(timer?.timeDuration as Node | undefined, 'body');
  if (written === undefined) return undefined;
  const value = resolve(read(written.trim()), new Map());
  const unwrapped = value.kind === 'call' && value.name === 'duration' ? value.args[0] : value;
  return unwrapped?.kind === 'literal' ? isoDurationMs(String(unwrapped.value)) : undefined;
}

function timerOf({ node }: DiagramElement): Node | undefined {
  return nodesIn(node.eventDefinitions).find(({ $type }) => $type === 'bpmn:TimerEventDefinition');
}

const UNCLEAR_TIMER = 'is no fixed duration of days, hours, minutes and seconds: set the field by hand';

function timersIn(elements: Iterable<DiagramElement>): DiagramElement[] {
  return [...elements].filter((element) => element.type === 'IntermediateCatchEvent' && timerOf(element));
}

/** The process looked at the status once after each of its timers. */
function pollOf(
  { between }: Group,
  { waysBack }: StatusBranches,
  read: ReadFeel,
  say: Say,
): Feel | undefined {
  const timers = timersIn(between);
  const intervals: number[] = [];
  for (const timer of timers.filter((one) => !waysBack.has(one))) {
    const ms = timerMs(timer, read);
    if (ms === undefined || ms < 10 || ms > DAY_MS) say(timer, 'check', `poll: ${UNCLEAR_TIMER}`);
    else {
      intervals.push(ms);
      say(
        timer,
        'mapped',
        `poll: looks at the status every ${writtenDuration(ms)}; without it, looks are sooner`,
      );
    }
  }
  const [first] = intervals;
  if (first === undefined) return undefined;
  return feelFieldsOf({
    initialInterval: writtenDuration(first),
    maximumInterval: writtenDuration(Math.max(...intervals)),
  });
}

/** Robots that nothing in the process counts: the most that a run starts. */
const MOST_ATTEMPTS = 100;

/** A process that does not go back to its trigger starts one robot. */
function retryOf(branches: StatusBranches, read: ReadFeel, say: Say): Feel {
  const { retried, attempts, waysBack } = branches;
  if (retried.size === 0) return feelFieldsOf({ maximumAttempts: 1 });
  const pauses = timersIn(waysBack);
  for (const timer of pauses) {
    const ms = timerMs(timer, read);
    if (ms === undefined) say(timer, 'check', `retry.initialInterval: ${UNCLEAR_TIMER}`);
    else say(timer, 'mapped', `retry: ${writtenDuration(ms)} before a new robot`);
  }
  const pauseMs = pauses.reduce((all, timer) => all + (timerMs(timer, read) ?? 0), 0);
  const interval = writtenDuration(Math.min(Math.max(pauseMs, 1), 7 * DAY_MS));
  return feelFieldsOf({
    maximumAttempts: Math.min(Math.max(attempts ?? MOST_ATTEMPTS, 1), MOST_ATTEMPTS),
    initialInterval: interval,
    maximumInterval: interval,
    backoffCoefficient: 1,
    statuses: [...retried],
  });
}

/** Events that end the wait from outside: on the tasks, on subprocesses and call activities around them, and in these. */
function interruptions(group: Group, ways: Ways, read: ReadFeel, say: Say): Fields {
  const fields: Fields = new Map();
  const around = group.places.flatMap((place) => [place, ...ways.surroundings(place)]);
  const ofProcesses = ways.eventsOfProcesses(around.map(({ element }) => element.process));
  const found = [...around.flatMap((place) => ways.interruptions(place)), ...ofProcesses];
  const events = new Map(
    found.flatMap((place) => ways.startsOf(place)).map((place) => [place.element, place]),
  );
  for (const place of events.values()) interrupt(place, group, ways, read, say, fields);
  return fields;
}

function interrupt(place: Place, group: Group, ways: Ways, read: ReadFeel, say: Say, fields: Fields): void {
  const event = place.element;
  const { diagram } = ways;
  const tasks = tasksOf(group).map(({ element }) => element);
  const caught = errorCodeOf(event, diagram);
  const handler = diagram.elements.get(event.outgoing[0]?.to ?? '')?.name ?? 'nothing';
  if (caught !== undefined) {
    const what = caught === '' ? 'every BPMN error' : `the BPMN error ${caught}`;
    say(
      event,
      'check',
      `caught ${what}, and went on to ${handler}: catch the failure of the call, by its type`,
    );
    return;
  }
  if (event.node.cancelActivity === false || event.node.isInterrupting === false) {
    say(
      event,
      'lost',
      `interrupted nothing, and went on to ${handler}: do that beside the call, in the calling workflow`,
    );
    return;
  }
  const cancels = group.followers
    .filter(({ operation }) => operation === 'cancel')
    .map(({ element }) => element);
  const isStopped = ways.after([place]).some(({ element }) => cancels.includes(element));
  const fate = literalOf(isStopped ? 'stop' : 'leave');
  const robot = isStopped
    ? 'the process cancelled the robot then'
    : 'the process left the robot running then; prefer "stop"';
  if (timerOf(event)) {
    if (tasks.some(({ id }) => id === event.attachedTo) && tasks.length > 1) {
      say(event, 'covered', 'limited one request of the connector; the worker limits its requests by itself');
      return;
    }
    const ms = timerMs(event, read);
    if (ms === undefined || ms < 1000 || ms > LONGEST_DEADLINE_MS) {
      say(event, 'check', `deadline: ${UNCLEAR_TIMER}; then it went on to ${handler}`);
      return;
    }
    const told = `${robot}; it went on to ${handler}, as DesktopFlowTimedOut with "deadline" in the details`;
    const shorter = fields.get('deadline');
    if (shorter?.kind === 'literal' && (toMs(String(shorter.value)) ?? 0) <= ms) {
      say(event, 'check', `is longer than another deadline of the call; it went on to ${handler}`);
      return;
    }
    fields.set('deadline', literalOf(writtenDuration(ms)));
    fields.set('onDeadline', fate);
    if (startsWithRobot(event, group, ways)) say(event, 'mapped', `deadline and onDeadline: ${told}`);
    else say(event, 'check', `deadline and onDeadline, counted from the start of the run here: ${told}`);
    return;
  }
  fields.set('onCancel', fate);
  say(event, 'check', `onCancel: ${robot}; it went on to ${handler}: cancel the call when that event comes`);
}

/** Whether the timer runs from about the start of the robot on: the trigger is within what it limits, and little else. */
function startsWithRobot(event: DiagramElement, { trigger, places }: Group, ways: Ways): boolean {
  const limited = event.attachedTo ?? ways.diagram.elements.get(event.container ?? '')?.container;
  const around = places
    .filter(({ element }) => element === trigger?.element)
    .flatMap((one) => ways.surroundings(one));
  return (
    limited !== undefined &&
    (limited === trigger?.element.id || around.some(({ element }) => element.id === limited))
  );
}

/** What each element between the tasks is for the run. */
function sayOthers({ between }: Group, { told, waysBack }: StatusBranches, say: Say): void {
  for (const element of new Set([...between, ...told.keys(), ...waysBack])) {
    if (timerOf(element)) continue;
    for (const { fate, text } of told.get(element) ?? []) say(element, fate, text);
    if (told.has(element)) continue;
    if (
      /Gateway$|^(Start|End)Event$|^SubProcess$|^CallActivity$|^IntermediateThrowEvent$/.test(element.type)
    ) {
      say(element, 'covered', 'part of the wait, which the run does by itself');
    } else if (/^(IntermediateCatchEvent|ReceiveTask|BoundaryEvent)$/.test(element.type)) {
      say(
        element,
        'check',
        'waited between the tasks of the call; the run sees by itself when the robot has ended',
      );
    } else if (!waysBack.has(element)) {
      say(
        element,
        'check',
        'lay between the tasks of the call: do it before or after the call, if it is needed still',
      );
    } else say(element, 'covered', 'lay on the way to a new robot; the run counts its attempts by itself');
  }
}
