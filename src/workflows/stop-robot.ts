/** SANDBOX: stopping the robot of a run that was cancelled. */
import { sleep } from '@temporalio/workflow';
import type { DataverseTarget } from '../common/activities';
import type { ParsedRunDesktopFlowInput } from '../common/input';
import { targetOf } from '../common/input';
import { tell } from './describe';
import { isNotFound, neverStopped } from './failures';
import { look, planLook, untilLook, VISIBLE_WITHIN_MS } from './look';
import { cancelFlowRun } from './operations';
import { type Robot, type RunState, recordAttempt } from './run-state';

/** How often the robot is looked at while it stops, and for how long. */
const WHILE_STOPPING = { initialInterval: 1000, maximumInterval: 10_000, backoffCoefficient: 1.5 };
const STOPPED_WITHIN_MS = 5 * 60_000;

/** Cancels the robot and waits until Dataverse says that it ended. */
export async function stopRobot(input: ParsedRunDesktopFlowInput, run: RunState): Promise<void> {
  const { robot } = run;
  if (robot === undefined || robot.ended) return;
  run.phase = 'stopping';
  run.nextPollAt = undefined;
  tell(input, run);
  const target = targetOf(input);
  await askToStop(robot, target);
  const until = Date.now() + STOPPED_WITHIN_MS;
  robot.looks = 0;
  while (!robot.ended && Date.now() < until) {
    planLook(run, robot, WHILE_STOPPING);
    await untilLook(run, robot);
    await look(run, robot, target);
  }
  if (!robot.ended) throw neverStopped(run);
  recordAttempt(run);
}

/** A row that is not visible yet cannot be cancelled yet either. */
async function askToStop(robot: Robot, target: DataverseTarget): Promise<void> {
  const until = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    try {
      await cancelFlowRun.executeWithOptions({ summary: 'Stop the robot' }, [
        { ...target, flowSessionId: robot.flowSessionId },
      ]);
      return;
    } catch (error) {
      if (!isNotFound(error) || Date.now() >= until) throw error;
      await sleep(WHILE_STOPPING.initialInterval, { summary: 'Until the run is visible to be stopped' });
    }
  }
}
