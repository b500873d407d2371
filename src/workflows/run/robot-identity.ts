/**
 * SANDBOX: which robot an attempt of a run asks for, also after a reset. A reset gives the workflow a new run id, and runs
 * it again from an earlier event: then the activities have to find what was started before. None of this issues a
 * command, so a history from before the reset replays.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { OnReset, RobotIdentity } from '../../common/activities';
import { originalRunId, wasReset } from '../support/reset';
import { attemptNumber, type RunState } from './state';

/** Gives the run its name, in its first execution; continue-as-new keeps it. */
export function nameRun(run: RunState, onReset: OnReset): void {
  const startsAgain = onReset === 'startAgain';
  const execution = startsAgain ? workflowInfo().runId : originalRunId();
  run.origin ??= run.guest === undefined ? execution : `${execution}#${run.guest}`;
  if (wasReset() && !startsAgain) run.isRepeated = true;
}

export function robotIdentity(run: RunState, onReset: OnReset): RobotIdentity {
  return {
    run: run.origin ?? originalRunId(),
    attempt: attemptNumber(run),
    execution: originalRunId(),
    ...(run.isRepeated && { isRepeated: true }),
    ...(onReset !== 'adopt' && { onReset }),
  };
}
