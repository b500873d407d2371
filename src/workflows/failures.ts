/** SANDBOX: the failures with which a run ends. Every one carries what is known of the result in `details[0]`. */
import { RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import * as types from '../common/failures';
import type { RunDesktopFlowFailureDetails } from '../common/result';
import { type BadEnd, badEnd } from '../common/status';
import { attemptNumber, type RunState, whatIsKnown } from './run-state';

/** Types that an activity fails with for good, and that are the caller's to see as they are. */
const PASSED_ON: ReadonlySet<string> = new Set([
  types.INVALID_INPUT,
  types.TRIGGER_OUTCOME_UNKNOWN,
  types.OUTPUTS_UNREADABLE,
  types.OUTPUTS_TOO_LARGE,
  types.DATAVERSE_UNAUTHORIZED,
  types.DATAVERSE_FORBIDDEN,
  types.DATAVERSE_NOT_FOUND,
  types.DATAVERSE_BAD_REQUEST,
]);

function failure(
  run: RunState,
  type: string,
  message: string,
  added: Partial<RunDesktopFlowFailureDetails> = {},
  cause?: Error,
): ApplicationFailure {
  const details = [{ ...whatIsKnown(run), ...added }];
  return ApplicationFailure.create({ type, message, nonRetryable: true, details, cause });
}

export function invalidInput(run: RunState, problems: types.FieldProblem[]): ApplicationFailure {
  const message = `Nothing was started, the input is wrong: ${types.describeProblems(problems)}`;
  return failure(run, types.INVALID_INPUT, message, { problems });
}

/** The robot ended badly, and no retry is left or the end is none that is retried. */
export function endedBadly(run: RunState, end: BadEnd, maximumAttempts: number): ApplicationFailure {
  const { errorCode, errorMessage } = run.robot?.seen ?? {};
  const why = [errorCode, errorMessage].filter(Boolean).join(': ');
  const message = `The desktop flow ended as ${end} in attempt ${attemptNumber(run)} of ${maximumAttempts}`;
  return failure(run, types.desktopFlowFailureType(end), why ? `${message}. ${why}` : message, {
    origin: 'desktopFlow',
  });
}

/** Dataverse has been saying for too long that there is no such row. */
export function neverVisible(run: RunState, cause: Error): ApplicationFailure {
  const message =
    `Dataverse does not show the run ${run.robot?.flowSessionId}. Either its row was deleted, or the application user ` +
    'may start the desktop flow but not read its runs: that takes Owner privileges. The robot may still be running.';
  return failure(run, types.DATAVERSE_NOT_FOUND, message, added(applicationCause(cause)), cause);
}

/** The run was cancelled, and Dataverse does not say that its robot has ended: somebody has to look. */
export function neverStopped(run: RunState): ApplicationFailure {
  const message =
    `The run was cancelled, but Dataverse does not say that the robot of run ${run.robot?.flowSessionId} has ended. ` +
    'It may still be running: look for it in Power Automate.';
  return failure(run, types.desktopFlowFailureType('TimedOut'), message, { origin: 'orchestrator' });
}

export function isNotFound(error: unknown): error is ActivityFailure {
  return error instanceof ActivityFailure && applicationCause(error)?.type === types.DATAVERSE_NOT_FOUND;
}

/** What a failed activity means for the run. Anything else (a cancellation, continue-as-new) is passed through. */
export function fromActivity(run: RunState, error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return error;
  const cause = applicationCause(error);
  // A worker without the secrets or hosts of a run that is under way is a wrong worker, not a wrong input.
  const isWrongWorker = cause?.type === types.INVALID_INPUT && run.robot !== undefined;
  if (cause?.type && PASSED_ON.has(cause.type) && !isWrongWorker) {
    return failure(run, cause.type, `${cause.message}${mayStillRun(run)}`, added(cause), error);
  }
  const timedOut = error.cause instanceof TimeoutFailure;
  if (timedOut && error.activityType === 'triggerFlowRun') {
    const message =
      'The worker that was starting the robot did not answer in time: whether a robot was started cannot be told. ' +
      'Look for the run in Power Automate before you start it again.';
    return failure(run, types.TRIGGER_OUTCOME_UNKNOWN, message, {}, error);
  }
  // A passing failure that is not retried because the run was cancelled meanwhile: it is the cancellation that counts.
  if (error.retryState === RetryState.CANCEL_REQUESTED) return new CancelledFailure('The run was cancelled');
  const end = timedOut || error.retryState === RetryState.TIMEOUT ? 'TimedOut' : 'Faulted';
  const why = cause?.message ?? error.message;
  const message = `Dataverse, or a worker that may ask it, was out of reach for too long: ${why}${mayStillRun(run)}`;
  const details = { origin: 'orchestrator', ...added(cause) } as const;
  return failure(run, types.desktopFlowFailureType(end), message, details, error);
}

/** A run that fails while its robot may be at work says so: somebody has to look after it. */
function mayStillRun({ robot }: RunState): string {
  if (robot === undefined || robot.ended) return '';
  return ` The robot of run ${robot.flowSessionId} may still be running.`;
}

/** The failure that the activity itself threw; below a time-out, the one of its last attempt. */
function applicationCause(error: Error): ApplicationFailure | undefined {
  let cause: unknown = error.cause;
  while (cause instanceof Error) {
    if (cause instanceof ApplicationFailure) return cause;
    cause = cause.cause;
  }
  return undefined;
}

/** What the activity knows and the run does not. Its session id is no news, and an older attempt's must not win. */
function added(cause: ApplicationFailure | undefined): Partial<RunDesktopFlowFailureDetails> {
  const [details] = (cause?.details ?? []) as [Partial<RunDesktopFlowFailureDetails>?];
  const { problems, dataverse, outputsSize } = details ?? {};
  return {
    ...(problems && { problems }),
    ...(dataverse && { dataverse }),
    ...(outputsSize !== undefined && { outputsSize }),
  };
}

/** The bad end of the robot that has just ended, or undefined when it succeeded. */
export function badEndOf(run: RunState): BadEnd | undefined {
  return run.robot?.seen && badEnd(run.robot.seen.statusCode);
}
