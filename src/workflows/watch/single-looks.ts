/**
 * SANDBOX: how a watcher looks that 0.3.0 or older has started, until it continues as new: a timer and a local activity
 * for each look.
 */
import { condition, log, patched } from '@temporalio/workflow';
import type { DataverseTarget } from '../../common/activities';
import { FAILED_LOOK_MS, SHORTEST_INTERVAL_MS } from '../../common/watch';
import { addressOf, type WatchedRobots } from '../../common/watched-robots';
import { isPassing, retryDelayMs } from '../support/activity-failures';
import { PASSING_LOOKS_ARE_POSTPONED } from '../support/patches';
import { leaveToThemselves, lookAtFlowRuns } from './local-activities';

export async function lookWhenDue(target: DataverseTarget, watched: WatchedRobots): Promise<void> {
  await untilDue(watched);
  await lookAtDue(target, watched);
}

/** A run that wants to be looked at earlier than all the others shortens the wait. */
async function untilDue(watched: WatchedRobots): Promise<void> {
  const earliest = Date.now() + SHORTEST_INTERVAL_MS;
  for (;;) {
    const at = Math.max(earliest, watched.nextDueAt());
    const waitMs = at - Date.now();
    const isWoken = () => watched.size === 0 || Math.max(earliest, watched.nextDueAt()) < at;
    const summary = `Until the next look at ${watched.size} robots`;
    if (waitMs <= 0 || !(await condition(isWoken, waitMs, { summary })) || watched.size === 0) return;
  }
}

async function lookAtDue(target: DataverseTarget, watched: WatchedRobots): Promise<void> {
  const asked = watched.due(Date.now());
  if (asked.length === 0) return;
  try {
    const { ended, missing } = await lookAtFlowRuns({ ...target, runs: asked.map(addressOf) });
    watched.forget(ended);
    watched.wereSeen(asked, missing, Date.now());
    const doubtful = watched.doubtful(Date.now());
    if (doubtful.length > 0) await leaveToThemselves(target, watched, doubtful);
  } catch (error) {
    // Older histories treat every failed look as a refusal.
    if (isPassing(error) && patched(PASSING_LOOKS_ARE_POSTPONED)) {
      watched.postpone(Date.now() + (retryDelayMs(error) ?? FAILED_LOOK_MS));
      return;
    }
    log.warn('Dataverse refuses to be asked for many robots: each run looks for itself', { error });
    await leaveToThemselves(target, watched, watched.all());
  }
}
