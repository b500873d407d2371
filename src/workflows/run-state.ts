/**
 * SANDBOX: what one run of `RunDesktopFlow` knows. Plain JSON, because continue-as-new hands it to the next
 * execution of the chain.
 */
import { isSameSession } from '../common/flow-session';
import type { DesktopFlowRunView, RunPhase } from '../common/messages';
import type { FlowRunAttempt, LicenseCheck, RunDesktopFlowFailureDetails } from '../common/result';

/** The robot of the current attempt. */
export interface Robot {
  flowSessionId: string;
  /** As Dataverse last told it. */
  seen?: FlowRunAttempt;
  /** Looks so far; the wait between two of them grows with it. */
  looks: number;
  /** Since when Dataverse says that there is no such row, epoch milliseconds; unset after a look that found it. */
  missingSince?: number;
  /** Set once Dataverse told a terminal status. */
  ended?: boolean;
}

export interface RunState {
  phase: RunPhase;
  /** Robots that have ended. */
  attempts: FlowRunAttempt[];
  robot?: Robot;
  licenseCheck?: LicenseCheck;
  /** Sessions that a signal named. It can arrive before the answer of the trigger that started them. */
  hints: string[];
  /** Epoch milliseconds. */
  nextPollAt?: number;
}

/** More hints than this at once are noise: the run looks by itself anyway. */
const MAX_HINTS = 16;

const GUID_LENGTH = 36;
const OLDER_MESSAGE_LENGTH = 200;

export function newRun(): RunState {
  return { phase: 'triggering', attempts: [], hints: [] };
}

/** From 1. A robot that ended is in `attempts` already, and stays the current one until the next is started. */
export function attemptNumber(run: RunState): number {
  return run.robot?.ended ? run.attempts.length : run.attempts.length + 1;
}

/** The robot has ended. Older attempts keep less of their error messages: a history and a result must hold them all. */
export function recordAttempt(run: RunState): void {
  if (run.robot?.seen === undefined) return;
  const older = run.attempts.map(({ errorMessage, ...attempt }) => ({
    ...attempt,
    ...(errorMessage && { errorMessage: errorMessage.slice(0, OLDER_MESSAGE_LENGTH) }),
  }));
  run.attempts = [...older, run.robot.seen];
}

export function recordHint(run: RunState, flowSessionId: string): void {
  if (flowSessionId.length > GUID_LENGTH) return;
  run.hints = [...run.hints, flowSessionId].slice(-MAX_HINTS);
}

/** True once for each time that a signal named this robot. */
export function isHinted(run: RunState, robot: Robot): boolean {
  return run.hints.some((hint) => isSameSession(hint, robot.flowSessionId));
}

export function forgetHints(run: RunState): void {
  run.hints = [];
}

export function view(run: RunState): DesktopFlowRunView {
  const { robot } = run;
  return {
    phase: run.phase,
    flowSessionId: robot?.flowSessionId ?? null,
    statusCode: robot?.seen?.statusCode ?? null,
    status: robot?.seen?.status ?? null,
    attempt: attemptNumber(run),
    nextPollAt: run.nextPollAt === undefined ? null : new Date(run.nextPollAt).toISOString(),
  };
}

/** What is known of the result, for the details of a failure. */
export function whatIsKnown(run: RunState): RunDesktopFlowFailureDetails {
  const { robot, licenseCheck } = run;
  const last = robot?.seen ?? (robot ? { flowSessionId: robot.flowSessionId } : {});
  const attempts = robot?.seen && !robot.ended ? [...run.attempts, robot.seen] : run.attempts;
  return { ...last, outputs: null, attempts, ...(licenseCheck ? { licenseCheck } : {}) };
}
