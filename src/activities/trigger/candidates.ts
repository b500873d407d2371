/**
 * HOST: searches Dataverse's rows for the robot of a trigger, and judges what it finds. It takes a row for ours only if
 * no other run can own it, and concludes that there is no robot only if it would have seen ours.
 */
import type { ParsedTriggerFlowRunInput } from '../../common/input';
import type { DataverseClient, FlowSessionOrigin } from '../../dataverse';
import { carriesKey } from './key';
import { type Place, placeOf } from './request';
import { robotsOfOtherRuns } from './robots-of-other-runs';
import type { Trigger } from './trigger';

/** How far the clocks of Temporal and Dataverse may differ. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Wider, for a query by key: more rows do no harm there. */
const DAY_MS = 24 * 60 * 60_000;

export interface Found {
  kind: 'found';
  robot: FlowSessionOrigin;
  /** Robots that the same trigger also started. */
  duplicates: FlowSessionOrigin[];
}

export type Verdict = Found | { kind: 'nothing' } | { kind: 'unclear'; why: string };

/** Finds the row that carries the key. Returns undefined while there is no such row, or if the trigger has no key. */
export async function findByKey(trigger: Trigger): Promise<Found | undefined> {
  const { client, input, scheduledAt, isForgotten } = trigger;
  const keys = keysOf(trigger);
  if (keys.length === 0) return undefined;
  const rows = await client.findStartedFlowSessions({
    flowId: input.flowId,
    ...(!isForgotten && { createdSince: new Date(scheduledAt - DAY_MS) }),
    callbackUrl: { containsAny: keys },
  });
  return oldestOf(rows.filter((row) => holdsOne(row, keys)));
}

/** Judges the rows at a time when the row of a robot would have become visible. */
export async function judge(trigger: Trigger): Promise<Verdict> {
  const { client, input, scheduledAt, isForgotten } = trigger;
  if (isForgotten) return unclear(FORGOTTEN);
  const since = new Date(scheduledAt - CLOCK_SKEW_MS);
  const { userId } = await client.whoAmI();
  const rows = await client.findStartedFlowSessions({
    flowId: input.flowId,
    createdBy: userId,
    createdSince: since,
  });
  const keys = keysOf(trigger);
  const verdict = await (keys.length === 0
    ? withoutKey(trigger, rows, since)
    : withKey(trigger, keys, rows, since));
  if (verdict.kind !== 'nothing' || rows.length > 0) return verdict;
  return (await seesItsRuns(client, input.flowId, userId)) ? verdict : unclear(BLIND);
}

const FORGOTTEN =
  'the run was reset, a history from before is gone from Temporal, and Dataverse shows no robot with its key';

const BLIND =
  'Dataverse does not show the application user any of its runs of this flow, nor a right to read them, which takes Owner privileges';

/** All keys that the robot may have; none where no key travels. */
function keysOf({ key, olderKeys }: Trigger): string[] {
  return key === undefined ? [] : [key, ...olderKeys];
}

async function withKey(
  trigger: Trigger,
  keys: readonly string[],
  rows: FlowSessionOrigin[],
  since: Date,
): Promise<Verdict> {
  const found = oldestOf(rows.filter((row) => holdsOne(row, keys)));
  if (found !== undefined) return found;
  // It is not documented that the column is always filled, and as it was given: a row without any key may be ours.
  const bare = rows.filter(({ callbackUrl }) => !carriesKey(callbackUrl));
  if (bare.length === 0) return { kind: 'nothing' };
  const { free } = await withoutOwner(trigger, bare, since);
  if (free.length === 0) return { kind: 'nothing' };
  return unclear(`${count(free)} of this flow without a key may be the one`);
}

async function withoutKey(trigger: Trigger, rows: FlowSessionOrigin[], since: Date): Promise<Verdict> {
  if (rows.length === 0) return { kind: 'nothing' };
  const { input, isOwnUrl } = trigger;
  const { free, others } = await withoutOwner(trigger, rows, since);
  if (free.length === 0) return { kind: 'nothing' };
  const place = await placeOf(trigger);
  const [first, ...more] = free.filter((row) => matches(row, input, place));
  if (first === undefined || more.length > 0 || (free.length > 1 && !isOwnUrl)) {
    return unclear(`${count(free)} of this flow may be the one`);
  }
  const doubt = others.incomplete ?? (isOwnUrl ? undefined : others.starting);
  if (doubt !== undefined) return unclear(`run ${first.flowSessionId} may be the one, but ${doubt}`);
  return { kind: 'found', robot: first, duplicates: [] };
}

/** The rows that no workflow is known to own, and what is known of the others. */
async function withoutOwner({ input, activityId }: Trigger, rows: FlowSessionOrigin[], since: Date) {
  const others = await robotsOfOtherRuns(input.flowId, { activityId, since });
  return { free: rows.filter(({ flowSessionId }) => !others.sessions.has(flowSessionId)), others };
}

function holdsOne({ callbackUrl }: FlowSessionOrigin, keys: readonly string[]): boolean {
  const url = callbackUrl?.toLowerCase() ?? '';
  return keys.some((key) => url.includes(key));
}

/** Compares a row with the input. The row does not hold the name of a connection reference. */
function matches(
  { connection, runMode, callbackUrl }: FlowSessionOrigin,
  input: ParsedTriggerFlowRunInput,
  place: Place,
): boolean {
  const sameConnection =
    input.connectionType === 'connectionReference' ||
    connection?.toLowerCase() === place.connectionName.toLowerCase();
  return sameConnection && runMode === input.runMode && callbackUrl === (place.callbackUrl ?? null);
}

/** Picks the oldest of the rows with one key, by the time of creation and then by their ids; the others are duplicates. */
function oldestOf(rows: FlowSessionOrigin[]): Found | undefined {
  const [robot, ...duplicates] = rows.toSorted(
    (one, other) =>
      Date.parse(one.createdOn) - Date.parse(other.createdOn) ||
      one.flowSessionId.localeCompare(other.flowSessionId),
  );
  return robot && { kind: 'found', robot, duplicates };
}

/** Dataverse leaves out rows that may not be read, so an empty answer alone proves nothing. */
async function seesItsRuns(client: DataverseClient, flowId: string, userId: string): Promise<boolean> {
  const earlier = await client.findStartedFlowSessions({ flowId, createdBy: userId, top: 1 });
  return earlier.length > 0 || (await client.mayReadRunsOfOthers(userId));
}

function unclear(why: string): Verdict {
  return { kind: 'unclear', why };
}

function count(rows: unknown[]): string {
  return rows.length === 1 ? 'one run' : `${rows.length} runs`;
}
