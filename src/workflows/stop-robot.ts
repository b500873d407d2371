/** SANDBOX: stopping the robot of a run that was cancelled. */
import { log } from '@temporalio/workflow';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { targetOf } from '../common/input';
import { tell } from './describe';
import { look, planLook, untilLook } from './look';
import { cancelFlowRun } from './operations';
import type { RunState } from './run-state';

/** How often the robot is looked at while it stops, and for how long. */
const WHILE_STOPPING = { initialInterval: 1000, maximumInterval: 10_000, backoffCoefficient: 1.5 };
const STOPPED_WITHIN_MS = 5 * 60_000;

/** Cancels the robot and waits, for a while, until Dataverse says that it ended. */
export async function stopRobot(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  const { robot } = run;
  if (robot === undefined || robot.ended) return;
  run.phase = 'stopping';
  run.nextPollAt = undefined;
  tell(input, run);
  const target = targetOf(input);
  await cancelFlowRun.executeWithOptions({ summary: 'Stop the robot' }, [
    { ...target, flowSessionId: robot.flowSessionId },
  ]);
  const until = Date.now() + STOPPED_WITHIN_MS;
  robot.looks = 0;
  while (!robot.ended && Date.now() < until) {
    planLook(run, robot, WHILE_STOPPING);
    await untilLook(run, robot);
    await look(run, robot, target);
  }
  if (robot.ended && robot.seen) run.attempts.push(robot.seen);
  else
    log.warn('The robot did not end in time after it was cancelled', { flowSessionId: robot.flowSessionId });
}
