/** SANDBOX: which end of a robot is followed by a new robot. */
import { explainRunError, type RunErrorCode } from '../../common/error-codes';
import type { FlowRunAttempt } from '../../common/result';
import { type BadEnd, badEnd } from '../../common/status';
import type { RunState } from './state';

/** The bad end of the robot that has just ended, or undefined when it succeeded. */
export function badEndOf(run: RunState): BadEnd | undefined {
  const last = run.attempts.at(-1);
  // A robot that we stopped because its time was over has timed out, whatever Dataverse calls it.
  return last?.stoppedFor ? 'TimedOut' : last && badEnd(last.statusCode);
}

/** Whether a robot that ended so is followed by a new one, attempts permitting. */
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

/** A sub-code says more than its code: no machine was found because nobody is signed in, for example. */
export function explanationOf(attempt: FlowRunAttempt | undefined): RunErrorCode | undefined {
  const { errorCode, errorSubCode } = attempt ?? {};
  return (
    (errorSubCode && explainRunError(errorSubCode)) || (errorCode && explainRunError(errorCode)) || undefined
  );
}
