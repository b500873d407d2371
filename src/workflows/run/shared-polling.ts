/** SANDBOX: shared polling as one run sees it: its robot is watched by a `WatchFlowRuns`, and it looks by itself seldom. */
import { CancellationScope, patched } from '@temporalio/workflow';
import type { Backoff } from '../../common/backoff';
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import { LEFT_ROBOTS_ARE_FORGOTTEN } from '../support/patches';
import { forgetAt } from '../watch/forget';
import type { Robot, RunState } from './state';

/** Part of the input of an activity that may hand the robot to a watcher. A run looks at a robot that it stops by itself. */
export function watchOf({ poll }: ParsedRunDesktopFlowInput, { phase }: RunState): { watch?: Backoff } {
  if (!poll.shared || phase === 'stopping') return {};
  const { initialInterval, maximumInterval, backoffCoefficient } = poll;
  return { watch: { initialInterval, maximumInterval, backoffCoefficient } };
}

/** How often the run looks by itself. */
export function ownPoll({ poll }: ParsedRunDesktopFlowInput, { watcher }: Robot): Backoff {
  if (watcher === undefined) return poll;
  return {
    initialInterval: poll.fallbackInterval,
    maximumInterval: poll.fallbackInterval,
    backoffCoefficient: 1,
  };
}

/** Takes the robot out of its watcher's hands. */
export async function stopWatching(robot: Robot): Promise<void> {
  const { watcher, flowSessionId } = robot;
  if (watcher === undefined) return;
  robot.watcher = undefined;
  await forgetAt(watcher, [flowSessionId]);
}

/** Takes the robot of a run that ends before it out of its watcher's hands: nobody waits for news of it any longer. */
export async function leaveToItself({ robot }: RunState): Promise<void> {
  if (robot?.watcher === undefined || robot.ended) return;
  // Histories of before do not have this signal.
  if (patched(LEFT_ROBOTS_ARE_FORGOTTEN)) await CancellationScope.nonCancellable(() => stopWatching(robot));
}
