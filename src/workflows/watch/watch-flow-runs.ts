/**
 * SANDBOX: the workflow `WatchFlowRuns`: one look for many robots. It asks for all of them at the shortest interval that
 * any of their runs wants, and has the run of each robot that has ended signalled. Nothing depends on it: a run that
 * hears nothing looks for itself, a little later.
 *
 * Its looks are local activities: their input, which names every robot, is in no history.
 */
import {
  condition,
  continueAsNew,
  log,
  patched,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DataverseTarget } from '../../common/activities';
import {
  toSessionIds,
  toWatchedRobots,
  WATCHED_BY_ONE,
  type WatchedRobot,
  type WatcherActivities,
} from '../../common/watch';
import { isPassing, retryDelayMs } from '../support/activity-failures';
import { hasLongHistory } from '../support/long-history';
import { forgetWatchedSignal, watchMoreSignal } from '../support/messages';
import { PASSING_LOOKS_ARE_POSTPONED } from '../support/patches';
import { forgetAt } from './forget';
import { type WatchedRobotState, WatchedRobots } from './watched-robots';

/** Minimum time between two looks. */
const SHORTEST_INTERVAL_MS = 1000;

/** Wait after a failed look, where Dataverse does not say how long to wait. */
const FAILED_INTERVAL_MS = 10_000;

/** How long a watcher without robots waits before it ends: robots often come in series. */
const LINGER_MS = 10_000;

const LONG_HISTORY_EVENTS = 2_000;

const { lookAtFlowRuns, wakeFlowRuns, handOverFlowRuns } = proxyLocalActivities<WatcherActivities>({
  startToCloseTimeout: '2m',
  retry: { maximumAttempts: 1 },
});

interface WatcherState {
  runs: WatchedRobotState[];
  /** Workflow id of the watcher that took the robots beyond this one's capacity. */
  next?: string;
}

/** @param carried the robots of the previous execution in the chain; only for continue-as-new. */
export async function watchFlowRuns(target: DataverseTarget, carried?: WatcherState): Promise<void> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const before = isContinued ? carried : undefined;
  const watched = new WatchedRobots(before?.runs);
  let next = before?.next;
  setHandler(watchMoreSignal, (message) => {
    for (const robot of toWatchedRobots(message)) watched.add(robot, Date.now());
  });
  setHandler(forgetWatchedSignal, async (message) => {
    const unknown = watched.forget(toSessionIds(message));
    if (next !== undefined && unknown.length > 0) await forgetAt(next, unknown);
  });

  for (;;) {
    // What goes into a new history has to fit into one payload.
    for (let tooMany = watched.beyond(WATCHED_BY_ONE); tooMany.length > 0; ) {
      next = await handOver(target, watched, tooMany);
      tooMany = watched.beyond(WATCHED_BY_ONE);
    }
    if (hasLongHistory(LONG_HISTORY_EVENTS)) {
      await continueAsNew<typeof watchFlowRuns>(target, { runs: watched.all(), ...(next && { next }) });
    }
    if (watched.size === 0) {
      await condition(() => watched.size > 0, LINGER_MS, { summary: 'Until there is a robot to watch' });
      if (watched.size === 0) return;
    }
    await untilDue(watched);
    await lookAtDue(target, watched);
  }
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
      watched.postpone(Date.now() + (retryDelayMs(error) ?? FAILED_INTERVAL_MS));
      return;
    }
    log.warn('Dataverse refuses to be asked for many robots: each run looks for itself', { error });
    await leaveToThemselves(target, watched, watched.all());
  }
}

async function leaveToThemselves(
  target: DataverseTarget,
  watched: WatchedRobots,
  robots: readonly WatchedRobotState[],
): Promise<void> {
  watched.forget(robots.map(({ flowSessionId }) => flowSessionId));
  // A run that cannot be reached looks by itself anyway.
  await wakeFlowRuns({ ...target, runs: robots.map(addressOf) }).catch(() => undefined);
}

/** Watchers of one organization and credential are numbered, `…/0`, `…/1`, and so on. */
async function handOver(
  target: DataverseTarget,
  watched: WatchedRobots,
  tooMany: readonly WatchedRobotState[],
): Promise<string> {
  const { workflowId, taskQueue } = workflowInfo();
  const watcher = workflowId.replace(/\d+$/, (number) => String(Number(number) + 1));
  const robots = tooMany.map(
    ({ flowSessionId, workflowId, poll }): WatchedRobot => ({ flowSessionId, workflowId, poll }),
  );
  try {
    await handOverFlowRuns({ ...target, watcher, taskQueue, runs: robots });
    watched.forget(robots.map(({ flowSessionId }) => flowSessionId));
  } catch (error) {
    log.warn('Robots cannot be handed to another watcher: each run looks for itself', { error });
    await leaveToThemselves(target, watched, tooMany);
  }
  return watcher;
}

function addressOf({ flowSessionId, workflowId }: WatchedRobotState) {
  return { flowSessionId, workflowId };
}
