/** SANDBOX: what a watcher does with robots that it watches no longer. By local activities: many robots are in no history. */
import { log, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { DataverseTarget } from '../../common/activities';
import { nextWatcher, type WatcherActivities } from '../../common/watch';
import {
  addressOf,
  type WatchedRobotState,
  type WatchedRobots,
  withoutState,
} from '../../common/watched-robots';

const { lookAtFlowRuns, wakeFlowRuns, handOverFlowRuns } = proxyLocalActivities<WatcherActivities>({
  startToCloseTimeout: '2m',
  retry: { maximumAttempts: 1 },
});

export { lookAtFlowRuns };

/** Has each run look by itself. */
export async function leaveToThemselves(
  target: DataverseTarget,
  watched: WatchedRobots,
  robots: readonly WatchedRobotState[],
): Promise<void> {
  watched.forget(robots.map(({ flowSessionId }) => flowSessionId));
  // A run that cannot be reached looks by itself anyway.
  await wakeFlowRuns({ ...target, runs: robots.map(addressOf) }).catch(() => undefined);
}

/** @returns the workflow id of the watcher that takes them. */
export async function handOver(
  target: DataverseTarget,
  watched: WatchedRobots,
  tooMany: readonly WatchedRobotState[],
): Promise<string> {
  const { workflowId, taskQueue } = workflowInfo();
  const watcher = nextWatcher(workflowId);
  const robots = tooMany.map(withoutState);
  try {
    await handOverFlowRuns({ ...target, watcher, taskQueue, runs: robots });
    watched.forget(robots.map(({ flowSessionId }) => flowSessionId));
  } catch (error) {
    log.warn('Robots cannot be handed to another watcher: each run looks for itself', { error });
    await leaveToThemselves(target, watched, tooMany);
  }
  return watcher;
}
