/** SANDBOX: one look at the robot, and the wait before it. */
import { condition, log, patched } from '@temporalio/workflow';
import type { StatusExtras } from '../../common/activities';
import { type Backoff, backoffMs } from '../../common/backoff';
import { type ParsedRunDesktopFlowInput, targetOf } from '../../common/input';
import { isTerminal } from '../../common/status';
import { getFlowRunStatus } from '../support/activities';
import { isNotFound } from '../support/activity-failures';
import { REFUSALS_ARE_WAITED_OUT } from '../support/patches';
import { patiently } from './patience';
import { neverVisible } from './run-failures';
import { watchOf } from './shared-polling';
import { forgetHints, isHinted, type Robot, type RunState, takeEnd } from './state';
import { isQueued } from './time-limits';

/** A row may become visible some time after the answer to its trigger; how long that takes is not documented. */
export const VISIBLE_WITHIN_MS = 2 * 60_000;

/** How often a row that is not visible is looked for, whatever the caller wants for a visible one. */
export const WHILE_HIDDEN: Backoff = {
  initialInterval: 1000,
  maximumInterval: 10_000,
  backoffCoefficient: 1.5,
};

/** Share of an interval by which a wait may be shorter, so that runs that start together do not look together. */
const JITTER = 0.1;

/** The shortest timer. */
const AT_ONCE_MS = 1;

/** Plans the next look: not later than `latest`, epoch milliseconds. */
export function planLook(
  run: RunState,
  robot: Robot,
  poll: Backoff,
  latest = Number.POSITIVE_INFINITY,
): void {
  // Deterministic: inside a workflow, the SDK seeds Math.random.
  const intervalMs = Math.ceil(backoffMs(poll, robot.looks) * (1 - JITTER * Math.random()));
  // A robot from before a reset may have ended long ago, and whoever tells the ends has told this one already.
  const waitMs = run.isRepeated && robot.looks === 0 ? AT_ONCE_MS : intervalMs;
  run.nextPollAt = Math.min(Date.now() + waitMs, Math.max(latest, Date.now()));
}

/** Waits until the planned look, or until a signal says that there is something to see. */
export async function untilLook(run: RunState, robot: Robot): Promise<void> {
  const waitMs = Math.max(0, (run.nextPollAt ?? 0) - Date.now());
  await condition(() => isHinted(run, robot), waitMs, {
    summary: `Until look ${robot.looks + 1} at the robot`,
  });
  forgetHints(run);
}

/**
 * Reads the status from Dataverse, unless a watcher has reported the end. For a while, a row that is not there counts
 * as not visible yet.
 * @param patienceMs how long Dataverse may be out of reach. @default what the caller allows
 */
export async function lookAtRobot(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  robot: Robot,
  patienceMs?: number,
): Promise<void> {
  run.nextPollAt = undefined;
  if (takeEnd(run, robot)) return;
  robot.looks += 1;
  const asked = { ...targetOf(input), ...watchOf(input, run), flowSessionId: robot.flowSessionId };
  const summary = `Look ${robot.looks} at the robot`;
  try {
    const { watcher, links, ...seen } = await patiently(
      input,
      run,
      (scheduleToCloseTimeout) =>
        getFlowRunStatus.executeWithOptions({ summary, scheduleToCloseTimeout }, [
          asked,
          ...wanted(input, run),
        ]),
      { patienceMs },
    );
    if (seen.status === 'Unknown' && seen.statusCode !== robot.seen?.statusCode) {
      log.warn('Dataverse reports a status that is not documented; it counts as not finished', {
        flowSessionId: robot.flowSessionId,
        statusCode: seen.statusCode,
      });
    }
    run.links = links ?? run.links;
    robot.seen = seen;
    robot.watcher = watcher;
    robot.missingSince = undefined;
    robot.ended = isTerminal(seen.statusCode);
    if (!isQueued(robot)) robot.runningSince ??= Date.now();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    robot.missingSince ??= Date.now();
    // A row that was seen before is there: whatever hides it now may be mended.
    const isHidden = robot.seen !== undefined && patched(REFUSALS_ARE_WAITED_OUT);
    const patience = isHidden ? input.scheduleToCloseTimeout : VISIBLE_WITHIN_MS;
    if (Date.now() - robot.missingSince >= patience) throw neverVisible(run, error);
  }
}

/** A run that did not start its robot has no links yet. Nobody sees those of a run that is a guest. */
function wanted(input: ParsedRunDesktopFlowInput, { links, guest }: RunState): [StatusExtras] | [] {
  const isStarted = !('flowSessionId' in input);
  return isStarted || links !== undefined || guest !== undefined ? [] : [{ links: true }];
}
