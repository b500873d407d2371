/** SANDBOX: interprets the failure of an activity. */
import { RetryState, TimeoutType } from '@temporalio/common';
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { DATAVERSE_REFUSALS, detailsOf } from '../../common/failure-details';
import * as types from '../../common/failure-types';

export function isNotFound(error: unknown): error is ActivityFailure {
  return error instanceof ActivityFailure && applicationCause(error)?.type === types.DATAVERSE_NOT_FOUND;
}

/**
 * The refusal of Dataverse, or of the token endpoint, that the activity failed with; undefined for any other failure.
 * @param wasSeen whether the row of the robot was seen before, so that a 404 hides it.
 */
export function refusalOf(error: unknown, wasSeen: boolean): ApplicationFailure | undefined {
  const failure = failureOf(error);
  if (!DATAVERSE_REFUSALS.includes(failure?.type ?? '')) return undefined;
  return failure?.type === types.DATAVERSE_NOT_FOUND && !wasSeen ? undefined : failure;
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
  return isLostAttempt(error.cause) || detailsOf(cause).inDoubt === true;
}

/** Whether an attempt began and did not end: the worker died, or took too long. */
function isLostAttempt(cause: unknown): boolean {
  if (!(cause instanceof TimeoutFailure)) return false;
  return (
    cause.timeoutType !== TimeoutType.SCHEDULE_TO_START && cause.timeoutType !== TimeoutType.SCHEDULE_TO_CLOSE
  );
}

/** Whether it may work a little later. */
export function isPassing(error: unknown): boolean {
  return failureOf(error)?.nonRetryable === false;
}

/** Whether a trigger was told to come again, because its connection had all its starts of the minute. */
export function awaitsTurn(error: unknown): boolean {
  return detailsOf(failureOf(error)).awaitsTurn === true;
}

/**
 * Returns how long Dataverse asked to wait, in milliseconds; undefined where it did not. Reads the details, because the
 * SDK's converter does not read `nextRetryDelay` back.
 */
export function retryDelayMs(error: unknown): number | undefined {
  return detailsOf(failureOf(error)).dataverse?.retryAfterMs;
}

/** Returns the failure that an activity threw. That of a local activity comes without an `ActivityFailure` around it. */
function failureOf(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error;
  return error instanceof ActivityFailure ? applicationCause(error) : undefined;
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
