/** HOST: which tasks belong to one robot: its trigger, and the tasks that ask for its status and fetch its outputs. */
import type { ConnectorTask } from './connector-tasks';
import type { DiagramElement } from './diagram';
import type { Feel, ReadFeel } from './feel';
import { resolve, type Scope } from './feel-values';
import { mappingsOf } from './moddle';
import { at, isSession, sessionNames, variablesAfter } from './results';
import type { Place, Ways } from './ways';

export interface Group {
  /** Undefined where a process waits for a robot that it has not started itself. */
  readonly trigger: ConnectorTask | undefined;
  /** In the order of the process. */
  readonly followers: readonly ConnectorTask[];
  /** Where its tasks are, each in all places where it belongs to this robot. */
  readonly places: readonly Place[];
  /** The elements between its tasks: the wait that the run does by itself. */
  readonly between: readonly DiagramElement[];
}

/** All of its tasks. */
export function tasksOf({ trigger, followers }: Group): ConnectorTask[] {
  return trigger ? [trigger, ...followers] : [...followers];
}

export function groupTasks(tasks: readonly ConnectorTask[], ways: Ways, read: ReadFeel): Group[] {
  const triggers = tasks.filter(({ operation }) => operation === 'trigger');
  const others = tasks.filter(({ operation }) => operation !== 'trigger');
  const reached = new Map(triggers.map((one) => [one, reachedFrom(one, triggers, ways, read)]));
  const owned = new Map(
    triggers.map((one) => [one, ownedPlaces(one, others, reached.get(one) ?? [], ways, read)]),
  );
  const isOwned = (task: ConnectorTask) =>
    [...owned.values()].flat().some(({ element }) => element === task.element);
  for (const task of others.filter((one) => !isOwned(one))) adoptByWay(task, reached, owned);
  const groups = triggers.map((trigger) =>
    groupOf(trigger, others, owned.get(trigger) ?? [], reached.get(trigger) ?? [], ways),
  );
  return [
    ...groups,
    ...orphans(
      others.filter((one) => !isOwned(one)),
      ways,
    ),
  ];
}

/** What may come after the trigger, nearest first, before it or another one takes over its variable. */
function reachedFrom(
  trigger: ConnectorTask,
  triggers: readonly ConnectorTask[],
  ways: Ways,
  read: ReadFeel,
): Place[] {
  const mine = sessionNames(variablesAfter(trigger, read));
  const successors = triggers.filter((other) =>
    [...sessionNames(variablesAfter(other, read))].some((name) => mine.has(name)),
  );
  const ends = new Set([trigger, ...successors].map(({ element }) => element));
  return ways.after(ways.place(trigger.element.id), ({ element }) => ends.has(element));
}

/** The places of tasks that take the flow session's id from the variable of the trigger. */
function ownedPlaces(
  trigger: ConnectorTask,
  others: readonly ConnectorTask[],
  reached: readonly Place[],
  ways: Ways,
  read: ReadFeel,
): Place[] {
  const names = sessionNames(variablesAfter(trigger, read));
  const byElement = new Map(others.map((one) => [one.element, one]));
  return reached.filter((place) => {
    const id = byElement.get(place.element)?.id?.value;
    return id !== undefined && spellingsOf(id, place, ways, read).some((one) => isSession(one, names));
  });
}

/** What the id is called where the task is, and outside of its subprocess or called process, from where it was handed in. */
function spellingsOf(id: Feel, place: Place, ways: Ways, read: ReadFeel): Feel[] {
  const spellings: Feel[] = [];
  const seen = new Set<DiagramElement>();
  const open: [Feel, Place][] = [[id, place]];
  for (const [feel, inner] of open) {
    spellings.push(feel);
    for (const outer of ways.around(inner).filter(({ element }) => !seen.has(element))) {
      seen.add(outer.element);
      open.push([resolve(feel, handedTo(outer.element, read)), outer]);
    }
  }
  return spellings;
}

function handedTo({ node }: DiagramElement, read: ReadFeel): Scope {
  const mappings = mappingsOf(node, 'inputParameters');
  return new Map(mappings.map((one) => [String(one.target), at(read(String(one.source ?? '')))]));
}

/** Where no variable tells, and one trigger alone comes before the task. */
function adoptByWay(
  task: ConnectorTask,
  reached: ReadonlyMap<ConnectorTask, readonly Place[]>,
  owned: Map<ConnectorTask, Place[]>,
): void {
  const before = [...reached].flatMap(([trigger, all]) => {
    const places = all.filter(({ element }) => element === task.element);
    return places.length > 0 ? [{ trigger, places }] : [];
  });
  const [only] = before;
  if (before.length !== 1 || !only) return;
  owned.set(only.trigger, [...(owned.get(only.trigger) ?? []), ...only.places]);
  task.ledger.say(
    'flowSessionId',
    'check',
    `its variable is not seen to come from ${only.trigger.element.name}, but nothing else starts a robot before it`,
  );
}

function groupOf(
  trigger: ConnectorTask,
  others: readonly ConnectorTask[],
  owned: readonly Place[],
  reached: readonly Place[],
  ways: Ways,
): Group {
  const followers = inOrder(others, reached).filter(({ element }) =>
    owned.some((place) => place.element === element),
  );
  const cancels = followers.filter(({ operation }) => operation === 'cancel').map(({ element }) => element);
  // A task that cancels lies on a way of its own, which goes on as it does.
  const waits = owned.filter(({ element }) => !cancels.includes(element));
  const places = [...ways.place(trigger.element.id), ...owned];
  return { trigger, followers, places, between: elementsBetween(places, ways.leadingTo(waits, reached)) };
}

/** Those that cancel come last: they lie on ways of their own. */
function inOrder(tasks: readonly ConnectorTask[], reached: readonly Place[]): ConnectorTask[] {
  const order = reached.map(({ element }) => element);
  const rank = ({ element, operation }: ConnectorTask) =>
    order.indexOf(element) + (operation === 'cancel' ? order.length : 0);
  return [...tasks].sort((one, other) => rank(one) - rank(other));
}

function elementsBetween(ours: readonly Place[], between: readonly Place[]): DiagramElement[] {
  const own = new Set(ours.map(({ element }) => element));
  return [...new Set(between.map(({ element }) => element))].filter((element) => !own.has(element));
}

/** Tasks without a trigger, by the id that they name: a robot that somebody else has started. */
function orphans(tasks: readonly ConnectorTask[], ways: Ways): Group[] {
  const byId = new Map<string, ConnectorTask[]>();
  for (const task of tasks) {
    const key = JSON.stringify([task.element.process, task.id?.value]);
    byId.set(key, [...(byId.get(key) ?? []), task]);
  }
  return [...byId.values()].map((followers) => {
    const places = followers.flatMap(({ element }) => ways.place(element.id));
    const reached = ways.after(places);
    return {
      trigger: undefined,
      followers,
      places,
      between: elementsBetween(places, ways.leadingTo(places, reached)),
    };
  });
}
