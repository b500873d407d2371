/** SANDBOX: interprets the failure of an activity. */
import { RetryState, TimeoutType } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import * as types from '../../common/failure-types';
import type { RunDesktopFlowFailureDetails } from '../../common/result';

export function isNotFound(error: unknown): error is ActivityFailure {
  return error instanceof ActivityFailure && applicationCause(error)?.type === types.DATAVERSE_NOT_FOUND;
}

/** Failure types of refusals by Dataverse, which somebody may mend while the robot works. */
const REFUSALS: readonly string[] = [
  types.DATAVERSE_UNAUTHORIZED,
  types.DATAVERSE_FORBIDDEN,
  types.DATAVERSE_BAD_REQUEST,
];

/**
 * The refusal of Dataverse, or of the token endpoint, that the activity failed with; undefined for any other failure.
 * @param wasSeen whether the row of the robot was seen before, so that a 404 hides it.
 */
export function refusalOf(error: unknown, wasSeen: boolean): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? applicationCause(error) : undefined;
  if (wasSeen && cause?.type === types.DATAVERSE_NOT_FOUND) return cause;
  return cause?.type && REFUSALS.includes(cause.type) ? cause : undefined;
}

/** Whether the time ran out before anybody could do it: Dataverse, or every worker, was out of reach. */
export function isOutOfTime(error: unknown): error is ActivityFailure {
  if (!(error instanceof ActivityFailure)) return false;
  return error.cause instanceof TimeoutFailure || error.retryState === RetryState.TIMEOUT;
}

/** Whether a trigger ended in doubt: it may have started a robot, and that can be found out. */
export function isInDoubt(error: unknown): error is ActivityFailure {
  if (!(error instanceof ActivityFailure)) return false;
  const cause = applicationCause(error);
  if (cause?.type === types.TRIGGER_OUTCOME_UNKNOWN) return false;
  const [details] = (cause?.details ?? []) as [Partial<RunDesktopFlowFailureDetails>?];
  return isLostAttempt(error.cause) || details?.inDoubt === true;
}

/** Whether an attempt began and did not end: the worker died, or took too long. */
function isLostAttempt(cause: unknown): boolean {
  if (!(cause instanceof TimeoutFailure)) return false;
  return (
    cause.timeoutType !== TimeoutType.SCHEDULE_TO_START && cause.timeoutType !== TimeoutType.SCHEDULE_TO_CLOSE
  );
}

/** Whether it may work a little later. The failure of a local activity comes without an `ActivityFailure` around it. */
export function isPassing(error: unknown): error is ActivityFailure | ApplicationFailure {
  if (error instanceof ApplicationFailure) return error.nonRetryable === false;
  return error instanceof ActivityFailure && applicationCause(error)?.nonRetryable === false;
}

/**
 * Returns how long Dataverse asked to wait, in milliseconds; undefined where it did not. Reads the details, because the
 * SDK's converter does not read `nextRetryDelay` back.
 */
export function retryDelayMs(error: ActivityFailure | ApplicationFailure): number | undefined {
  const failure = error instanceof ApplicationFailure ? error : applicationCause(error);
  const [details] = (failure?.details ?? []) as [Partial<RunDesktopFlowFailureDetails>?];
  return details?.dataverse?.retryAfterMs;
}

/** Returns the failure that the activity itself threw; below a time-out, the failure of its last try. */
export function applicationCause(error: Error): ApplicationFailure | undefined {
  let cause: unknown = error.cause;
  while (cause instanceof Error) {
    if (cause instanceof ApplicationFailure) return cause;
    cause = cause.cause;
  }
  return undefined;
}
