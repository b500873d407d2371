/** SANDBOX: shared polling as one run sees it: a `WatchFlowRuns` watches its robot, and the run itself seldom looks. */
import { CancellationScope, patched } from '@temporalio/workflow';
import type { Backoff } from '../../common/backoff';
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import { LEFT_ROBOTS_ARE_FORGOTTEN } from '../support/patches';
import { forgetAt } from '../watch/forget';
import type { Robot, RunState } from './state';

/** Part of the input of an activity that may hand the robot to a watcher. A run looks at a robot that it stops by itself. */
export function watchOf({ poll }: ParsedRunDesktopFlowInput, { phase }: RunState): { watch?: Backoff } {
  if (!poll.shared || phase === 'stopping') return {};
  return { watch: poll.watch };
}

/** Returns how often the run looks by itself. */
export function ownPoll({ poll }: ParsedRunDesktopFlowInput, { watcher }: Robot): Backoff {
  if (watcher === undefined) return poll;
  return {
    initialInterval: poll.fallbackInterval,
    maximumInterval: poll.fallbackInterval,
    backoffCoefficient: 1,
  };
}

/** Asks the watcher to forget the robot. */
export async function stopWatching(robot: Robot): Promise<void> {
  const { watcher, flowSessionId } = robot;
  if (watcher === undefined) return;
  robot.watcher = undefined;
  await forgetAt(watcher, [flowSessionId]);
}

/** Takes the robot out of its watcher's hands when its run ends first: nobody waits for news of it any longer. */
export async function leaveToItself({ robot }: RunState): Promise<void> {
  if (robot?.watcher === undefined || robot.ended) return;
  // Older histories do not have this signal.
  if (patched(LEFT_ROBOTS_ARE_FORGOTTEN)) await CancellationScope.nonCancellable(() => stopWatching(robot));
}
