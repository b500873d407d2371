/** SANDBOX: starting a robot: the trigger of one attempt. */
import type { TriggerFlowRunInput } from '../common/activities';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { attemptOf, tell } from './describe';
import { triggerFlowRun } from './operations';
import type { RunState } from './run-state';

export async function startRobot(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  run.phase = 'triggering';
  run.robot = undefined;
  run.nextPollAt = undefined;
  tell(input, run);
  const { poll, retry, resultExpression, ...trigger } = input;
  const summary = `Start the robot, ${attemptOf(input, run)}`;
  const started = await triggerFlowRun.executeWithOptions({ summary }, [
    trigger satisfies TriggerFlowRunInput,
  ]);
  run.robot = { flowSessionId: started.flowSessionId, looks: 0 };
  run.licenseCheck = started.licenseCheck;
}
