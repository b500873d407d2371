/** SANDBOX: decides after which ends of a robot the run starts a new one. */
import { explainRunError, type RunErrorCode } from '../../common/error-codes';
import type { FlowRunAttempt } from '../../common/result';
import { type BadEnd, badEnd } from '../../common/status';
import type { RunState } from './state';

/** Returns the bad end of the robot that has just ended, or undefined if it succeeded. */
export function badEndOf(run: RunState): BadEnd | undefined {
  const last = run.attempts.at(-1);
  // A robot that we stopped at a limit has timed out, whatever Dataverse calls it.
  return last?.stoppedFor ? 'TimedOut' : last && badEnd(last.statusCode);
}

/** Returns whether a new robot follows one that ended in this way, if attempts are left. */
export function isRetried(
  { statuses, errorCodes }: { statuses: readonly BadEnd[]; errorCodes?: readonly string[] | undefined },
  end: BadEnd,
  attempt: FlowRunAttempt | undefined,
): boolean {
  if (statuses.includes(end)) return true;
  if (end !== 'Failed') return false;
  if (errorCodes === undefined) return explanationOf(attempt)?.category === 'notExecuted';
  const codes = [attempt?.errorCode, attempt?.errorSubCode].map((code) => code?.toLowerCase());
  return errorCodes.some((code) => codes.includes(code.toLowerCase()));
}

/** Prefers the sub-code, which says more than its code, for example: no machine, because nobody is signed in. */
export function explanationOf(attempt: FlowRunAttempt | undefined): RunErrorCode | undefined {
  const { errorCode, errorSubCode } = attempt ?? {};
  return (
    (errorSubCode && explainRunError(errorSubCode)) || (errorCode && explainRunError(errorCode)) || undefined
  );
}
