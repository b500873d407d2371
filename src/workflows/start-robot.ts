/** SANDBOX: starting a robot: the trigger of one attempt. Or taking over one that somebody else has started. */
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { FindFlowRunInput, TriggerFlowRunInput } from '../common/activities';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { attemptOf, tell } from './describe';
import { isInDoubt } from './failures';
import { findFlowRun, triggerFlowRun } from './operations';
import { newRobot, type Robot, type RunState } from './run-state';

export async function startRobot(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  if ('flowSessionId' in input) {
    run.robot = newRobot(input.flowSessionId);
    return;
  }
  run.phase = 'triggering';
  run.robot = undefined;
  run.nextPollAt = undefined;
  tell(input, run);
  const { poll, retry, resultExpression, deadline, onDeadline, onCancel, ...rest } = input;
  const { queueTimeout, onQueueTimeout, onTimeout, scheduleToCloseTimeout, ...trigger } = rest;
  const scheduledAt = Date.now();
  const summary = `Start the robot, ${attemptOf(input, run)}`;
  try {
    const started = await triggerFlowRun.executeWithOptions({ summary, scheduleToCloseTimeout }, [
      trigger satisfies TriggerFlowRunInput,
    ]);
    run.robot = newRobot(started.flowSessionId, started.duplicates);
    run.licenseCheck = started.licenseCheck;
  } catch (error) {
    if (!isInDoubt(error)) throw error;
    const { activityId = '' } = error;
    run.robot = await CancellationScope.nonCancellable(() => find({ ...trigger, activityId, scheduledAt }));
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The run was cancelled');
    if (run.robot === undefined) throw error;
  }
}

/** For how long the robot of a trigger that was given up is looked for while Dataverse is out of reach. */
const FOUND_WITHIN = '30m';

/** Temporal tries an activity no more that was cancelled, or is past its time: what it left in doubt is settled here. */
async function find(lost: FindFlowRunInput): Promise<Robot | undefined> {
  const summary = 'Find out whether the robot was started';
  const { flowSessionId, duplicates } = await findFlowRun.executeWithOptions(
    { summary, scheduleToCloseTimeout: FOUND_WITHIN },
    [lost],
  );
  return flowSessionId === null ? undefined : newRobot(flowSessionId, duplicates);
}
