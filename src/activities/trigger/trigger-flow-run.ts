/**
 * HOST: the activity `triggerFlowRun`: starts one robot, however often it is tried.
 *
 * Starting a robot is not idempotent: a request that is repeated because its answer was lost starts a second one. So
 * every trigger follows one protocol:
 *
 * 0. Repeat (`repeated.ts`). After a reset of the run, the histories of its earlier executions tell which robots were
 *    started (`earlier-triggers.ts`). A trigger that they leave open is in doubt.
 * 1. Doubt (`doubt.ts`). A request that was written, or may have been, and got no answer leaves a doubt: Dataverse may
 *    have carried it out, or may still do so within the settling window. An attempt inherits the doubt of the one before.
 *    A refusal, and a connection that was never made, leave none.
 * 2. Look (`recovery.ts`). While there is a doubt nothing is started. The robot is looked for by the key in its callback
 *    URL (`trigger.ts`), again and again until it is found or the settling window has passed.
 * 3. Judge (`candidates.ts`). Then all rows that may be the robot are judged. A row counts only where no other run can
 *    own it (`robots-of-other-runs.ts`), and "there is none" only where ours would have been seen.
 * 4. Adopt, start, or say that it is unknown. A robot that is found is the result, and others that the same trigger has
 *    started are stopped (`duplicates.ts`). Where there is certainly none, a new request may be written, if the
 *    inputs fit the flow where a caller asks for that (`schema-check.ts`), and once the connection has room for a start
 *    (`../starts`), and where Temporal cannot have given this try up (`standing.ts`); else the try ends here. Otherwise the activity fails as
 *    `TriggerOutcomeUnknown`, and no robot is ever started on a guess.
 *
 * One attempt writes one request at most, and one more where Dataverse refuses an inert callback URL
 * (`callback-base.ts`). `findFlowRun` does the same without the start, for a trigger that Temporal tries no more.
 */
import { ApplicationFailure, activityInfo, cancellationSignal, cancelled, log } from '@temporalio/activity';
import type { RobotIdentity, TriggerFlowRunInput, TriggerFlowRunResult } from '../../common/activities';
import { DATAVERSE_UNAVAILABLE, INVALID_INPUT } from '../../common/failure-types';
import { parseTriggerFlowRunInput } from '../../common/input';
import { messageOf } from '../../common/message-of';
import { METRICS } from '../../common/metrics';
import { priorityOf } from '../../common/start-priority';
import { DataverseError, type ShownAnswer } from '../../dataverse';
import { endFailedTurn, type StartTurn, turnOf } from '../starts/start-turn';
import type { ClientFor } from '../support/dataverse-clients';
import { failureDetails, inDoubt, invalidInput, toApplicationFailure } from '../support/dataverse-failures';
import { whileHeartbeating } from '../support/heartbeat';
import { linksTo } from '../support/links';
import { count } from '../support/metrics';
import { outputsRoom } from '../support/read-outputs';
import { refuseWrongExpression, withExpressionResult } from '../support/result-expression';
import type { HandOver } from '../watch/hand-over';
import { type CallbackBase, mayBeRefusalOf } from './callback-base';
import { type Found, findByKey } from './candidates';
import { type Doubt, inheritedDoubt, newDoubt, recordDoubt, settlingWindowMs } from './doubt';
import { stopDuplicates } from './duplicates';
import { withInputs } from './inputs';
import { adopt, foundInFlight, recover } from './recovery';
import { startedBefore } from './repeated';
import { placeOf, requestOf, type TriggerRequest } from './request';
import { refuseWrongInputs } from './schema-check';
import { Standing } from './standing';
import {
  prepareTrigger,
  type Trigger,
  type TriggerActivity,
  type TriggerOptions,
  withoutKey,
} from './trigger';

interface Memory {
  /** Of this attempt. */
  standing: Standing;
  /** What this attempt would leave to the next one. */
  doubt?: Doubt;
  /** Whether this attempt has written a request, or may have. */
  wasSent?: boolean;
  /** That of the request which has started the robot, for an expression. */
  answer?: ShownAnswer;
}

export function createTriggerFlowRun(clientFor: ClientFor, handOver: HandOver, options: TriggerOptions) {
  const windowMs = settlingWindowMs(options);
  return async (argument: TriggerFlowRunInput, identity?: RobotIdentity): Promise<TriggerFlowRunResult> => {
    const parsed = parseTriggerFlowRunInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    refuseLocal();
    const { resultExpression } = parsed.value;
    await refuseWrongExpression(resultExpression);
    const memory: Memory = { standing: new Standing(), doubt: inheritedDoubt(windowMs) };
    const started = await whileHeartbeating(async () => {
      try {
        const input = await withInputs(parsed.value);
        const trigger = await prepareTrigger(clientFor, options, input, thisActivity(), identity);
        const started = await start(trigger, memory, windowMs, options);
        const { client } = trigger;
        const [watched, linked, shown] = await Promise.all([
          handOver(client, parsed.value, started.flowSessionId),
          linksTo(client, started.flowSessionId, input.flowId),
          options.shown(),
        ]);
        return { ...started, ...watched, ...linked, ...shown };
      } catch (error) {
        recordDoubt(memory.doubt);
        throw memory.doubt ? inDoubt(error) : toApplicationFailure(error);
      }
    });
    // Beyond any doubt: the robot is started, and this try is the last one, whatever the expression gives.
    const room = outputsRoom(options);
    return withExpressionResult(resultExpression, started, room, () => memory.answer ?? answerFor(started));
  };
}

async function start(
  trigger: Trigger,
  memory: Memory,
  windowMs: number,
  options: TriggerOptions,
): Promise<TriggerFlowRunResult> {
  const isRetry = memory.doubt !== undefined || trigger.isRepeated;
  const before = await robotOfBefore(trigger, memory, windowMs);
  if (before) return before;
  // Where a robot may exist, a start on a guess is not refused: the refusal would say that nothing was started.
  if (!isRetry || trigger.input.onUnknownOutcome === 'fail') await refuseWrongInputs(trigger);
  const turn = await turnOfTrigger(trigger, options.startsPerMinute);
  try {
    const started = await sendInTurn(trigger, memory, windowMs, isRetry, options.callbackBase);
    turn.end();
    return started;
  } catch (error) {
    endFailedTurn(turn, error, memory.wasSent === true);
    throw error;
  }
}

/** Nothing is in doubt by now, so a try whose turn has not come leaves nothing behind. */
async function turnOfTrigger(trigger: Trigger, startsPerMinute?: number): Promise<StartTurn> {
  const { client, input, askedAt } = trigger;
  const { connectionType } = input;
  const { connectionName } = await placeOf(trigger);
  const priority = activityInfo().priority?.priorityKey ?? priorityOf(input);
  return turnOf({ client, connectionName, connectionType, priority, askedAt }, startsPerMinute);
}

async function sendInTurn(
  trigger: Trigger,
  memory: Memory,
  windowMs: number,
  isRetry: boolean,
  callbackBase: CallbackBase,
): Promise<TriggerFlowRunResult> {
  try {
    return await send(trigger, memory, windowMs, isRetry);
  } catch (error) {
    if (!mayBeRefusalOf(trigger.url, error)) throw error;
    // The first request may have taken so long that Temporal has given this try up, and its successor starts one.
    const started = await send(withoutKey(trigger), memory, windowMs, true);
    callbackBase.wasRefusedBy(trigger.client.organization);
    return started;
  }
}

async function send(
  trigger: Trigger,
  memory: Memory,
  windowMs: number,
  isRetry: boolean,
): Promise<TriggerFlowRunResult> {
  // Cancelled in time: nothing was started, and nothing will be.
  if (cancellationSignal().aborted) await cancelled();
  // Before the question whether this try still counts: a provider of secrets may take its time.
  const request = await requestOf(trigger);
  if (isRetry) await memory.standing.confirm();
  memory.wasSent = true;
  const first = await post(trigger, request, memory).catch(async (error: unknown) => {
    if (error instanceof DataverseError && error.outcome === 'refused') throw error;
    const why = messageOf(error);
    log.warn('The answer to a trigger was lost; looking for its robot', {
      flowId: trigger.input.flowId,
      why,
    });
    count(METRICS.answersLost);
    memory.doubt = newDoubt(windowMs);
    const found = await recover(trigger, memory.doubt, why, error);
    if (found) return found;
    memory.doubt = undefined;
    if (cancellationSignal().aborted) await cancelled();
    throw notStarted(error, why);
  });
  if (!('kind' in first)) {
    if (!(await memory.standing.isLost())) return first;
    memory.doubt = newDoubt(windowMs);
    return stopIfSecond(trigger);
  }
  // Found before it was answered. What goes wrong from here on must not pass for a refusal of the trigger.
  memory.doubt = newDoubt(windowMs);
  return await adopt(trigger.client, first);
}

/**
 * After a suspension in the very moment of the request: the successor of this try has started a robot meanwhile, and
 * knows nothing of ours.
 * @throws DataverseError always: nobody waits for the robot of this try, but for a successor that finds it.
 */
async function stopIfSecond(trigger: Trigger): Promise<never> {
  const found = await findByKey(trigger);
  if (found) await stopDuplicates(trigger.client, found.robot.flowSessionId, found.duplicates);
  const message = 'Temporal has given this try up while it started a robot';
  throw new DataverseError(message, { kind: 'aborted', outcome: 'unknown' });
}

/** The robot that an earlier attempt of this activity has started, or an earlier execution of the run. */
async function robotOfBefore(
  trigger: Trigger,
  memory: Memory,
  windowMs: number,
): Promise<TriggerFlowRunResult | undefined> {
  const inherited = memory.doubt;
  let asked = trigger;
  if (trigger.isRepeated) {
    // Until the earlier executions are known, and what they have left open is settled.
    memory.doubt ??= newDoubt(windowMs);
    const before = await startedBefore(trigger);
    if (before.kind === 'started') {
      log.info('The robot that was started before the reset is taken', { ...before.robot });
      return before.robot;
    }
    if (before.kind === 'doubt') asked = before.trigger;
    else memory.doubt = inherited;
  }
  if (memory.doubt === undefined) return undefined;
  const why = inherited
    ? 'an earlier attempt ended without an answer'
    : 'the run was reset while it started one';
  const found = await recover(asked, memory.doubt, why);
  if (found === undefined) memory.doubt = undefined;
  return found;
}

/** Writes the request. From here on a cancellation does not interrupt: which robot there is to stop must be known. */
async function post(
  trigger: Trigger,
  { parameters, secrets }: TriggerRequest,
  memory: Memory,
): Promise<TriggerFlowRunResult | Found> {
  const { client, input } = trigger;
  const givenUp = new AbortController();
  const { signal } = givenUp;
  let answer: ShownAnswer | undefined;
  const onAnswer = (shown: ShownAnswer) => {
    answer = shown;
  };
  const answered = client.runDesktopFlow(input.flowId, parameters, {
    signal,
    secrets,
    beforeWriting: () => memory.standing.assure(),
    ...(input.resultExpression !== undefined && { onAnswer }),
  });
  const done = new AbortController();
  try {
    const first = await Promise.race([
      answered.then((started) => ({ started })),
      foundInFlight(trigger, cancellationSignal(), done.signal),
    ]);
    if (!('started' in first)) return first;
    memory.answer = answer;
    const { flowSessionId, licenseCheck, requestId } = first.started;
    log.info('The robot is started', { flowSessionId, requestId, licenseCheck: licenseCheck?.code });
    return { flowSessionId, ...(licenseCheck && { licenseCheck }) };
  } finally {
    done.abort();
    givenUp.abort();
    answered.catch(() => undefined);
  }
}

/** A lost answer, as far as it is known. */
function answerFor({ flowSessionId: flowsessionId }: TriggerFlowRunResult): ShownAnswer {
  return { status: 200, headers: {}, body: { flowsessionId } };
}

function thisActivity(): TriggerActivity {
  const { activityId, scheduledTimestampMs: scheduledAt } = activityInfo();
  return { activityId, scheduledAt };
}

function refuseLocal(): void {
  if (!activityInfo().isLocal) return;
  const message = 'triggerFlowRun must not be a local activity: nothing would tell that an attempt was lost';
  throw ApplicationFailure.nonRetryable(message, INVALID_INPUT);
}

/** Settled: there is no robot, so the next attempt may start one. */
function notStarted(error: unknown, why: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: DATAVERSE_UNAVAILABLE,
    nonRetryable: false,
    message: `No robot was started: ${why}`,
    details: [failureDetails(error)],
  });
}
