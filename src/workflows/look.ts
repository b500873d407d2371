/** SANDBOX: one look at the robot, and the wait before it. */
import { condition, log } from '@temporalio/workflow';
import type { DataverseTarget } from '../common/activities';
import { type Backoff, backoffMs } from '../common/backoff';
import { isTerminal } from '../common/status';
import { isNotFound, neverVisible } from './failures';
import { getFlowRunStatus } from './operations';
import { forgetHints, isHinted, type Robot, type RunState } from './run-state';

/** A row may become visible some time after its trigger was answered; how long that takes is not documented. */
export const VISIBLE_WITHIN_MS = 2 * 60_000;

/** How often a row is looked for that is not visible, whatever the caller wants for one that is. */
export const WHILE_HIDDEN: Backoff = {
  initialInterval: 1000,
  maximumInterval: 10_000,
  backoffCoefficient: 1.5,
};

/** Share of an interval by which a wait may be shorter, so that runs started together do not look together. */
const JITTER = 0.1;

/** Decides when the next look is due. */
export function planLook(run: RunState, robot: Robot, poll: Backoff): void {
  // Deterministic: inside a workflow Math.random is seeded by the SDK.
  const waitMs = Math.ceil(backoffMs(poll, robot.looks) * (1 - JITTER * Math.random()));
  run.nextPollAt = Date.now() + waitMs;
}

/** Waits until the look that is planned, or until a signal says that there is something to see. */
export async function untilLook(run: RunState, robot: Robot): Promise<void> {
  const waitMs = Math.max(0, (run.nextPollAt ?? 0) - Date.now());
  await condition(() => isHinted(run, robot), waitMs, {
    summary: `Until look ${robot.looks + 1} at the robot`,
  });
  forgetHints(run);
}

/** Asks Dataverse for the status. A row that is not there counts as not visible yet, for a while. */
export async function look(run: RunState, robot: Robot, target: DataverseTarget): Promise<void> {
  robot.looks += 1;
  run.nextPollAt = undefined;
  try {
    const seen = await getFlowRunStatus.executeWithOptions({ summary: `Look ${robot.looks} at the robot` }, [
      { ...target, flowSessionId: robot.flowSessionId },
    ]);
    if (seen.status === 'Unknown' && seen.statusCode !== robot.seen?.statusCode) {
      log.warn('Dataverse reports a status that is not documented; it counts as not finished', {
        flowSessionId: robot.flowSessionId,
        statusCode: seen.statusCode,
      });
    }
    robot.seen = seen;
    robot.missingSince = undefined;
    robot.ended = isTerminal(seen.statusCode);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    robot.missingSince ??= Date.now();
    if (Date.now() - robot.missingSince >= VISIBLE_WITHIN_MS) throw neverVisible(run, error);
  }
}
