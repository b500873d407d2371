/** SANDBOX: stopping the robot of a run that was cancelled, or of one that is past a limit. */
import { sleep } from '@temporalio/workflow';
import { type ParsedRunDesktopFlowInput, targetOf } from '../../common/input';
import type { Deadline } from '../../common/result';
import { cancelFlowRun } from '../support/activities';
import { isNotFound, isOutOfTime } from '../support/activity-failures';
import { concludeRobot } from './counts';
import { enter } from './current-details';
import { lookAtRobot, planLook, untilLook, VISIBLE_WITHIN_MS } from './look';
import { patiently } from './patience';
import { neverStopped } from './run-failures';
import { stopWatching } from './shared-polling';
import type { Robot, RunState } from './state';

/** How often the robot is looked at while it stops, and for how long. */
const WHILE_STOPPING = { initialInterval: 1000, maximumInterval: 10_000, backoffCoefficient: 1.5 };
const STOPPED_WITHIN_MS = 5 * 60_000;

/** For how long Dataverse is asked to stop it while it is out of reach: meanwhile the robot goes on. */
const ASKED_WITHIN_MS = 30 * 60_000;

/**
 * Cancels the robot and waits until Dataverse says that it ended.
 * @throws a failure that names the robot when it does not, within a bound.
 */
export async function stopRobot(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  reason?: Deadline,
): Promise<void> {
  const { robot } = run;
  if (robot === undefined || robot.ended) return;
  robot.stoppedFor = reason;
  enter(run, 'stopping');
  await stopWatching(robot);
  try {
    await askToStop(input, run, robot);
    await untilStopped(input, run, robot);
  } catch (error) {
    throw isOutOfTime(error) ? neverStopped(run, error as Error) : error;
  }
  if (!robot.ended) throw neverStopped(run);
  concludeRobot(run);
}

async function untilStopped(input: ParsedRunDesktopFlowInput, run: RunState, robot: Robot): Promise<void> {
  const until = Date.now() + STOPPED_WITHIN_MS;
  robot.looks = 0;
  while (!robot.ended && Date.now() < until) {
    planLook(run, robot, WHILE_STOPPING);
    await untilLook(run, robot);
    await lookAtRobot(input, run, robot, Math.max(WHILE_STOPPING.initialInterval, until - Date.now()));
  }
}

/** A row that is not visible yet cannot be cancelled yet either. */
async function askToStop(input: ParsedRunDesktopFlowInput, run: RunState, robot: Robot): Promise<void> {
  const until = Date.now() + VISIBLE_WITHIN_MS;
  const asked = [{ ...targetOf(input), flowSessionId: robot.flowSessionId }] as const;
  const summary = 'Stop the robot';
  for (;;) {
    try {
      await patiently(
        input,
        run,
        (scheduleToCloseTimeout) =>
          cancelFlowRun.executeWithOptions({ summary, scheduleToCloseTimeout }, [...asked]),
        { patienceMs: ASKED_WITHIN_MS, wasSeen: robot.seen !== undefined },
      );
      return;
    } catch (error) {
      if (!isNotFound(error) || Date.now() >= until) throw error;
      await sleep(WHILE_STOPPING.initialInterval, { summary: 'Until the run is visible to be stopped' });
    }
  }
}
