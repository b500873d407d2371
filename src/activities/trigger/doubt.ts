/**
 * HOST: whether a trigger is in doubt, and what the tries of one `triggerFlowRun` (attempts, in Temporal's words) know
 * of each other.
 *
 * What an attempt knew when it ended travels in its heartbeat details, which Temporal stores in one step with its
 * failure. An attempt that died with its worker leaves nothing behind, and may have written a request until now.
 */
import { activityInfo, heartbeat } from '@temporalio/activity';
import type { CreateActivitiesOptions } from '../support/options';

/** A request was written, or may have been, and its outcome is not known. */
export interface Doubt {
  /** Epoch milliseconds: from then on a robot that is not visible has not been started. */
  settledAt: number;
}

interface Knowledge {
  /** The attempt that left this. If it is not the previous one, the knowledge is stale. */
  attempt: number;
  doubt?: Doubt;
}

/**
 * How long a robot may still appear after a doubt. Nothing is documented. Dataverse usually carries out a request in
 * seconds, so a minute is ample; Dataverse itself gives up an operation after two minutes.
 */
const SETTLING_WINDOW_MS = 60_000;

export function settlingWindowMs(options: CreateActivitiesOptions): number {
  return options.settlingWindowMs ?? SETTLING_WINDOW_MS;
}

/** Returns the doubt that earlier attempts left; undefined if they certainly started no robot, or this is the first. */
export function inheritedDoubt(settlingWindowMs: number): Doubt | undefined {
  const { attempt, heartbeatDetails } = activityInfo();
  const left = heartbeatDetails as Partial<Knowledge> | undefined;
  if (attempt === 1 && left === undefined && isScheduledJustNow()) return undefined;
  if (left?.attempt === attempt - 1) return left.doubt;
  return newDoubt(settlingWindowMs);
}

/**
 * An operator can reset an activity: its attempt counts as the first again, and its heartbeat details may be gone. Only
 * the time of its first scheduling stays.
 */
function isScheduledJustNow(): boolean {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
  return currentAttemptScheduledTimestampMs === scheduledTimestampMs;
}

export function newDoubt(settlingWindowMs: number): Doubt {
  return { settledAt: Date.now() + settlingWindowMs };
}

/** Leaves the doubt to the next try. Must be called before a try fails in a way that Temporal retries. */
export function recordDoubt(doubt?: Doubt): void {
  // Nothing to tell, and nobody to tell it to: Temporal Cloud bills a heartbeat.
  if (doubt === undefined && activityInfo().retryPolicy?.maximumAttempts === 1) return;
  heartbeat({ attempt: activityInfo().attempt, ...(doubt && { doubt }) } satisfies Knowledge);
}
