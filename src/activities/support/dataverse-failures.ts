/** HOST: turns an error of Dataverse into the failure of an activity. One table decides. */
import { ApplicationFailure } from '@temporalio/activity';
import { detailsOf } from '../../common/failure-details';
import * as types from '../../common/failure-types';
import type { RunDesktopFlowFailureDetails } from '../../common/result';
import { describeProblems, type FieldProblem } from '../../common/schema/parse';
import { DataverseError, type DataverseErrorKind } from '../../dataverse';

const FOR_GOOD = { nonRetryable: true };
const PASSING = { nonRetryable: false };

const FAILURES: Record<DataverseErrorKind, { type: string; nonRetryable: boolean }> = {
  unauthorized: { type: types.DATAVERSE_UNAUTHORIZED, ...FOR_GOOD },
  forbidden: { type: types.DATAVERSE_FORBIDDEN, ...FOR_GOOD },
  notFound: { type: types.DATAVERSE_NOT_FOUND, ...FOR_GOOD },
  badRequest: { type: types.DATAVERSE_BAD_REQUEST, ...FOR_GOOD },
  tooLarge: { type: types.OUTPUTS_TOO_LARGE, ...FOR_GOOD },
  throttled: { type: types.DATAVERSE_THROTTLED, ...PASSING },
  unavailable: { type: types.DATAVERSE_UNAVAILABLE, ...PASSING },
  network: { type: types.DATAVERSE_UNAVAILABLE, ...PASSING },
  timeout: { type: types.DATAVERSE_UNAVAILABLE, ...PASSING },
  unreadable: { type: types.DATAVERSE_UNAVAILABLE, ...PASSING },
  aborted: { type: types.DATAVERSE_UNAVAILABLE, ...PASSING },
};

/** Share of a wait by which it may be longer, so that callers with the same `Retry-After` do not come back together. */
const SPREAD = 0.1;

export function toApplicationFailure(error: unknown, flowSessionId?: string): unknown {
  if (!(error instanceof DataverseError)) return error;
  const { type, nonRetryable } = FAILURES[error.kind];
  const details = failureDetails(error, flowSessionId);
  return ApplicationFailure.create({
    type,
    nonRetryable,
    message: error.message,
    details: [details],
    nextRetryDelay: details.dataverse?.retryAfterMs,
  });
}

export function failureDetails(
  error: unknown,
  flowSessionId?: string,
): Partial<RunDesktopFlowFailureDetails> {
  if (!(error instanceof DataverseError)) return { ...(flowSessionId && { flowSessionId }) };
  const { status: httpStatus, code, dataverseMessage: message, requestId, size: outputsSize } = error;
  // In the details too: the SDK writes a failure's nextRetryDelay for the server, and does not read it in a workflow.
  const retryAfterMs = error.retryAfterMs && Math.ceil(error.retryAfterMs * (1 + SPREAD * Math.random()));
  return {
    ...(flowSessionId && { flowSessionId }),
    dataverse: { httpStatus, code, message, requestId, ...(retryAfterMs && { retryAfterMs }) },
    ...(outputsSize !== undefined && { outputsSize }),
  };
}

export function invalidInput(problems: FieldProblem[]): ApplicationFailure {
  const message = `Nothing was sent, the input is wrong: ${describeProblems(problems)}`;
  return ApplicationFailure.create({
    type: types.INVALID_INPUT,
    nonRetryable: true,
    message,
    details: [{ problems }],
  });
}

/** Makes it retryable: a worker that lacks what the trigger's worker had, such as a secret, may be followed by another. */
export function asPassing(error: unknown): unknown {
  if (!(error instanceof ApplicationFailure) || error.type !== types.INVALID_INPUT) return error;
  return ApplicationFailure.fromError(error, { nonRetryable: false });
}

/**
 * Marks the failure as in doubt: whether a robot was started is not known, and must not be forgotten. What Dataverse
 * refuses then is a look, never a trigger, and may be mended: so it may be tried again.
 */
export function inDoubt(error: unknown): unknown {
  const failure = toApplicationFailure(asPassing(error));
  if (!(failure instanceof ApplicationFailure) || failure.type === types.TRIGGER_OUTCOME_UNKNOWN)
    return failure;
  const { type, message, nextRetryDelay } = failure;
  return ApplicationFailure.create({
    ...(type && { type }),
    message,
    nonRetryable: false,
    nextRetryDelay,
    details: [{ ...detailsOf(failure), inDoubt: true }],
  });
}

export function outcomeUnknown(why: string, doubt: string, error?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: types.TRIGGER_OUTCOME_UNKNOWN,
    nonRetryable: true,
    message:
      `Whether a robot was started cannot be told: ${why}; ${doubt} ` +
      'Look for the run in Power Automate before you start it again.',
    details: [failureDetails(error)],
  });
}
