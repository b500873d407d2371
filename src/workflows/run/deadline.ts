/** SANDBOX: the deadline of the whole run, and what happens to the robot of a run that gives up. */
import { CancellationScope, patched } from '@temporalio/workflow';
import type { ParsedRunDesktopFlowInput, ParsedStartInput } from '../../common/input';
import { RESET_ROBOTS_ARE_FOUND } from '../support/patches';
import { fromActivity, limitPassed } from './run-failures';
import { stopWatching } from './shared-polling';
import { findRobotOfBefore } from './start-robot';
import type { RunState } from './state';
import { stopRobot } from './stop-robot';

/** Cancels the work when the deadline passes. Continue-as-new keeps the deadline. */
export function withinDeadline<T>(
  { deadline }: ParsedRunDesktopFlowInput,
  run: RunState,
  work: () => Promise<T>,
): Promise<T> {
  if (deadline === undefined) return work();
  run.deadlineAt ??= Date.now() + deadline;
  return CancellationScope.withTimeout(Math.max(1, run.deadlineAt - Date.now()), work);
}

/**
 * Ends a run whose work was cancelled, by the deadline or with the workflow; the workflow's cancellation wins.
 * @returns what the run ends with, once its robot has been stopped or is left as the caller wants it.
 */
export async function giveUp(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  cancellation: unknown,
): Promise<unknown> {
  const isCancelled = CancellationScope.current().consideredCancelled || run.deadlineAt === undefined;
  const fate = isCancelled ? input.onCancel : input.onDeadline;
  const { robot } = run;
  if (fate === 'stop') {
    const reason = isCancelled ? undefined : 'deadline';
    try {
      await CancellationScope.nonCancellable(async () => {
        if (mayBeStartedBefore(input, run)) await findRobotOfBefore(input, run);
        await stopRobot(input, run, reason);
      });
    } catch (failed) {
      return fromActivity(run, failed);
    }
  } else if (robot !== undefined) {
    await CancellationScope.nonCancellable(() => stopWatching(robot));
  }
  return isCancelled ? cancellation : limitPassed(run, 'deadline', robotsFate(run));
}

/** Whether a robot is unknown to this run that it would have taken over from before its reset. */
function mayBeStartedBefore(input: ParsedRunDesktopFlowInput, run: RunState): input is ParsedStartInput {
  if (!run.isRepeated || 'flowSessionId' in input) return false;
  if (run.robot !== undefined && !run.robot.ended) return false;
  return run.attempts.length < run.maximumAttempts && patched(RESET_ROBOTS_ARE_FOUND);
}

function robotsFate({ robot }: RunState): string {
  if (robot === undefined) return 'and no robot is under way';
  return robot.ended
    ? `and its robot has ended: run ${robot.flowSessionId}`
    : `and its robot was left to itself: run ${robot.flowSessionId}`;
}
