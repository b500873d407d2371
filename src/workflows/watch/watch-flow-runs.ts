/**
 * SANDBOX: the workflow `WatchFlowRuns`: one look for many robots. It asks for all of them at the shortest interval that
 * any of their runs wants, and has each run signalled whose robot has ended. Nothing depends on it: a run that hears
 * nothing looks for itself, a little later.
 *
 * Its looks are local activities: their input, which names every robot, is in no history.
 */
import {
  condition,
  continueAsNew,
  log,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DataverseTarget } from '../../common/activities';
import {
  isWatchedRobot,
  WATCHED_BY_ONE,
  type WatchedRobot,
  type WatcherActivities,
} from '../../common/watch';
import { isPassing, retryDelayMs } from '../run/run-failures';
import { forgetAt } from '../run/shared-polling';
import { forgetWatchedSignal, watchMoreSignal } from '../support/messages';
import { type WatchedRobotState, WatchedRobots } from './watched-robots';

/** However many robots are due at however many moments: not more looks than this. */
const SHORTEST_INTERVAL_MS = 1000;

/** After a look that failed without Dataverse saying for how long to wait. */
const FAILED_INTERVAL_MS = 10_000;

/** With nothing to watch it waits for so long before it ends: robots often come in series. */
const LINGER_MS = 10_000;

const LONG_HISTORY_EVENTS = 2_000;

const { lookAtFlowRuns, wakeFlowRuns, handOverFlowRuns } = proxyLocalActivities<WatcherActivities>({
  startToCloseTimeout: '2m',
  retry: { maximumAttempts: 1 },
});

interface WatcherState {
  runs: WatchedRobotState[];
  /** Workflow id of the watcher that has what was too much for this one. */
  next?: string;
}

/** @param carried what the execution before this one in the chain watched: for continue-as-new alone. */
export async function watchFlowRuns(target: DataverseTarget, carried?: WatcherState): Promise<void> {
  const watched = new WatchedRobots(carried?.runs);
  let next = carried?.next;
  setHandler(watchMoreSignal, (runs) => {
    for (const run of runs.filter(isWatchedRobot)) watched.add(run, Date.now());
  });
  setHandler(forgetWatchedSignal, async (flowSessionIds) => {
    const unknown = watched.forget(flowSessionIds);
    if (next !== undefined && unknown.length > 0) await forgetAt(next, unknown);
  });

  for (;;) {
    const tooMany = watched.beyond(WATCHED_BY_ONE);
    if (tooMany.length > 0) next = await handOver(target, watched, tooMany);
    if (watched.size === 0) {
      await condition(() => watched.size > 0, LINGER_MS, { summary: 'Until there is a robot to watch' });
      if (watched.size === 0) return;
    }
    await untilDue(watched);
    await look(target, watched);
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    if (continueAsNewSuggested || historyLength >= LONG_HISTORY_EVENTS) {
      await continueAsNew<typeof watchFlowRuns>(target, { runs: watched.all(), ...(next && { next }) });
    }
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

async function look(target: DataverseTarget, watched: WatchedRobots): Promise<void> {
  const asked = watched.due(Date.now());
  if (asked.length === 0) return;
  try {
    const { ended, missing } = await lookAtFlowRuns({ ...target, runs: asked.map(addressOf) });
    watched.forget(ended);
    watched.wereSeen(asked, missing, Date.now());
    const doubtful = watched.doubtful(Date.now());
    if (doubtful.length > 0) await leaveToThemselves(target, watched, doubtful);
  } catch (error) {
    if (isPassing(error)) {
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
  runs: readonly WatchedRobotState[],
): Promise<void> {
  watched.forget(runs.map(({ flowSessionId }) => flowSessionId));
  // One that is not reached looks by itself all the same.
  await wakeFlowRuns({ ...target, runs: runs.map(addressOf) }).catch(() => undefined);
}

/** Watchers of one organization and credential are numbered, `…/0`, `…/1`, and so on. */
async function handOver(
  target: DataverseTarget,
  watched: WatchedRobots,
  tooMany: readonly WatchedRobotState[],
): Promise<string> {
  const { workflowId, taskQueue } = workflowInfo();
  const watcher = workflowId.replace(/\d+$/, (number) => String(Number(number) + 1));
  const runs = tooMany.map(
    ({ flowSessionId, workflowId, poll }): WatchedRobot => ({ flowSessionId, workflowId, poll }),
  );
  try {
    await handOverFlowRuns({ ...target, watcher, taskQueue, runs });
    watched.forget(runs.map(({ flowSessionId }) => flowSessionId));
  } catch (error) {
    log.warn('Robots cannot be handed to another watcher; this one watches them too', { error });
  }
  return watcher;
}

function addressOf({ flowSessionId, workflowId }: WatchedRobotState) {
  return { flowSessionId, workflowId };
}
