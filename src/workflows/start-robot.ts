/** SANDBOX: starting a robot: the trigger of one attempt. Or taking over one that somebody else has started. */
import type { TriggerFlowRunInput } from '../common/activities';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { attemptOf, tell } from './describe';
import { triggerFlowRun } from './operations';
import { newRobot, type RunState } from './run-state';

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
  const summary = `Start the robot, ${attemptOf(input, run)}`;
  const started = await triggerFlowRun.executeWithOptions({ summary, scheduleToCloseTimeout }, [
    trigger satisfies TriggerFlowRunInput,
  ]);
  run.robot = newRobot(started.flowSessionId, started.duplicates);
  run.licenseCheck = started.licenseCheck;
}
