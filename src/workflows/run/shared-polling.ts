/** SANDBOX: shared polling as one run sees it: its robot is watched by a `WatchFlowRuns`, and it looks by itself seldom. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { Backoff } from '../../common/backoff';
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import { forgetWatchedSignal } from '../support/messages';
import type { Robot, RunState } from './state';

/** What an activity is told that may hand the robot to a watcher. One that is being stopped is looked at by its own run. */
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

/** A watcher that is over watches nothing. */
export async function forgetAt(watcher: string, flowSessionIds: string[]): Promise<void> {
  await getExternalWorkflowHandle(watcher)
    .signal(forgetWatchedSignal, flowSessionIds)
    .catch(() => undefined);
}
