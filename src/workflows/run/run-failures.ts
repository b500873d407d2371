/** SANDBOX: the failures with which a run ends. Every one carries what is known of the result in `details[0]`. */
import { RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { RunErrorCategory } from '../../common/error-codes';
import { DATAVERSE_REFUSALS, detailsOf } from '../../common/failure-details';
import * as types from '../../common/failure-types';
import type { Deadline, RunDesktopFlowFailureDetails } from '../../common/result';
import { type FieldProblem, refusedInput } from '../../common/schema/parse';
import type { BadEnd } from '../../common/status';
import { applicationCause, isOutOfTime } from '../support/activity-failures';
import { explanationOf } from './retry';
import { attemptNumber, type RunState, whatIsKnown } from './state';

/** Types that an activity fails with for good, and that are the caller's to see as they are. */
const PASSED_ON: ReadonlySet<string> = new Set([
  types.INVALID_INPUT,
  types.TRIGGER_OUTCOME_UNKNOWN,
  types.OUTPUTS_UNREADABLE,
  types.OUTPUTS_TOO_LARGE,
  types.RESULT_EXPRESSION_FAILED,
  types.EXTERNAL_PAYLOAD_LOST,
  ...DATAVERSE_REFUSALS,
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

export function invalidRunInput(run: RunState, problems: FieldProblem[]): ApplicationFailure {
  return failure(run, types.INVALID_INPUT, refusedInput(problems), { problems });
}

/** The robot ended badly, and no attempt is left or the end is not retried. The second line helps a person. */
export function endedBadly(run: RunState, end: BadEnd): ApplicationFailure {
  const { errorCode, errorSubCode, errorMessage, stoppedFor } = run.attempts.at(-1) ?? {};
  const which = `in attempt ${attemptNumber(run)} of ${run.maximumAttempts}`;
  if (stoppedFor) return limitPassed(run, stoppedFor, `${which}; the robot was stopped`);
  const why = [[errorCode, errorSubCode].filter(Boolean).join('/'), errorMessage].filter(Boolean).join(': ');
  const lines = [`The desktop flow ended as ${end} ${which}${why ? `. ${why}` : ''}`];
  const known = explanationOf(run.attempts.at(-1));
  if (known) lines.push(`${known.meaning}; ${WORTH[known.category]}. ${known.action}.`);
  return failure(run, types.desktopFlowFailureType(end), lines.join('\n'), {
    origin: 'desktopFlow',
    ...(known && { errorCategory: known.category }),
  });
}

const WORTH: Record<RunErrorCategory, string> = {
  notExecuted: 'nothing was executed, a new run makes sense',
  maybePartlyExecuted: 'the robot may have done part of its work, so a new run may repeat it',
  needsPerson: 'a new run makes sense once somebody has seen to it',
  permanent: 'a new run would end in the same way',
};

const LIMITS: Record<Deadline, string> = {
  queueTimeout: 'The robot waited in the queue for longer than queueTimeout',
  timeout: 'The robot ran on well past its timeout, at which Dataverse should have ended it',
  deadline: 'The run was not over at its deadline',
};

/** A limit of the run's own passed, not one of the robot's. */
export function limitPassed(run: RunState, deadline: Deadline, what: string): ApplicationFailure {
  const type = types.desktopFlowFailureType('TimedOut');
  return failure(run, type, `${LIMITS[deadline]}, ${what}`, { origin: 'orchestrator', deadline });
}

/** Dataverse has been saying for too long that there is no such row. */
export function neverVisible(run: RunState, cause: Error): ApplicationFailure {
  const message =
    `Dataverse does not show the run ${run.robot?.flowSessionId}. Either its row was deleted, or the application user ` +
    'may start the desktop flow but not read its runs: that takes Owner privileges. The robot may still be running.';
  return failure(run, types.DATAVERSE_NOT_FOUND, message, added(applicationCause(cause)), cause);
}

/** Dataverse does not say that a robot has ended that was to be stopped: somebody has to look. */
export function neverStopped(run: RunState, cause?: Error): ApplicationFailure {
  const deadline = run.robot?.stoppedFor;
  const why = deadline ? LIMITS[deadline] : 'The run was cancelled';
  const message =
    `${why}, but Dataverse does not say that the robot of run ${run.robot?.flowSessionId} has ended. ` +
    'It may still be running: look for it in Power Automate.';
  const details = { origin: 'orchestrator', ...(deadline && { deadline }) } as const;
  const answer = cause && added(applicationCause(cause));
  return failure(run, types.desktopFlowFailureType('TimedOut'), message, { ...details, ...answer }, cause);
}

/** What a failed activity means for the run. Anything else (a cancellation, continue-as-new) is passed through. */
export function fromActivity(run: RunState, error: unknown): unknown {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return error;
  const cause = applicationCause(error);
  const timedOut = error.cause instanceof TimeoutFailure;
  if (error.activityType === 'findFlowRun' && isOutOfTime(error)) {
    const why = cause && cause.message !== '' ? `: ${cause.message}` : '';
    const message =
      `The trigger got no answer, and nobody could look for its robot${why}. Whether one was started cannot be told. ` +
      'Look for the run in Power Automate before you start it again.';
    return failure(run, types.TRIGGER_OUTCOME_UNKNOWN, message, added(cause), error);
  }
  // A worker without the secrets or hosts of a run that is under way is a wrong worker, not a wrong input.
  const isWrongWorker = cause?.type === types.INVALID_INPUT && run.robot !== undefined;
  if (cause?.type && PASSED_ON.has(cause.type) && !isWrongWorker) {
    return failure(run, cause.type, `${cause.message}${mayStillRun(run)}`, added(cause), error);
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

/** What the activity knows and the run does not. Its session id is no news, and an older attempt's must not win. */
function added(cause: ApplicationFailure | undefined): Partial<RunDesktopFlowFailureDetails> {
  const { problems, dataverse, outputsSize } = detailsOf(cause);
  return {
    ...(problems && { problems }),
    ...(dataverse && { dataverse }),
    ...(outputsSize !== undefined && { outputsSize }),
  };
}
