/**
 * HOST: the activity `triggerFlowRun`: starts one robot, however often it is tried. In one attempt at most one POST
 * is written, and none before the doubts that earlier attempts left are settled.
 */
import { ApplicationFailure, activityInfo, cancellationSignal, cancelled, log } from '@temporalio/activity';
import type { TriggerFlowRunInput, TriggerFlowRunResult } from '../../common/activities';
import { DATAVERSE_UNAVAILABLE, INVALID_INPUT } from '../../common/failure-types';
import { parseTriggerFlowRunInput } from '../../common/input';
import { messageOf } from '../../common/message-of';
import { inputsText } from '../../common/schema/fields';
import { DataverseError, type RunDesktopFlowParameters } from '../../dataverse';
import type { ClientFor } from '../support/dataverse-clients';
import { failureDetails, inDoubt, invalidInput, toApplicationFailure } from '../support/dataverse-failures';
import { whileHeartbeating } from '../support/heartbeat';
import type { CreateActivitiesOptions } from '../support/options';
import type { Watch } from '../watch/hand-over';
import type { Found } from './candidates';
import { assertStillCurrent, type Doubt, inheritedDoubt, newDoubt, tellNextAttempt } from './doubt';
import { whenFound } from './recovery';
import { adopted, type Prepared, prepare, resolve, settlingWindowMs, type TriggerTime } from './trigger';

/** What this attempt would leave to the next one. */
interface Memory {
  doubt?: Doubt;
}

export function createTriggerFlowRun(clientFor: ClientFor, watch: Watch, options: CreateActivitiesOptions) {
  const windowMs = settlingWindowMs(options);
  return async (argument: TriggerFlowRunInput): Promise<TriggerFlowRunResult> => {
    const parsed = parseTriggerFlowRunInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    refuseLocal();
    const memory: Memory = { doubt: inheritedDoubt(windowMs) };
    return whileHeartbeating(async () => {
      try {
        const lost = await prepare(clientFor, options, parsed.value, thisTrigger());
        const started = await start(lost, memory, windowMs);
        return { ...started, ...(await watch(lost.client, parsed.value, started.flowSessionId)) };
      } catch (error) {
        tellNextAttempt(memory.doubt);
        throw memory.doubt ? inDoubt(error) : toApplicationFailure(error);
      }
    });
  };
}

async function start(lost: Prepared, memory: Memory, windowMs: number): Promise<TriggerFlowRunResult> {
  const isRetry = memory.doubt !== undefined;
  if (memory.doubt) {
    const found = await resolve(lost, memory.doubt, 'an earlier attempt ended without an answer');
    if (found) return found;
    memory.doubt = undefined;
  }
  // Cancelled in time: nothing was started, and nothing will be.
  if (cancellationSignal().aborted) await cancelled();
  if (isRetry) await assertStillCurrent();
  const first = await post(lost).catch(async (error: unknown) => {
    if (error instanceof DataverseError && error.outcome === 'refused') throw error;
    const why = messageOf(error);
    log.warn('The answer to a trigger was lost; looking for its robot', { flowId: lost.input.flowId, why });
    memory.doubt = newDoubt(windowMs);
    const found = await resolve(lost, memory.doubt, why, error);
    if (found) return found;
    memory.doubt = undefined;
    if (cancellationSignal().aborted) await cancelled();
    throw notStarted(error, why);
  });
  if (!('kind' in first)) return first;
  // Found before it was answered. What goes wrong from here on must not pass for a refusal of the trigger.
  memory.doubt = newDoubt(windowMs);
  return await adopted(lost.client, first);
}

/** Writes the POST. From here on a cancellation does not interrupt: which robot there is to stop must be known. */
async function post(lost: Prepared): Promise<TriggerFlowRunResult | Found> {
  const { client, input } = lost;
  const givenUp = new AbortController();
  const answered = client.runDesktopFlow(input.flowId, parameters(lost), { signal: givenUp.signal });
  const done = new AbortController();
  try {
    const first = await Promise.race([
      answered.then((started) => ({ started })),
      whenFound(lost, cancellationSignal(), done.signal),
    ]);
    if (!('started' in first)) return first;
    const { flowSessionId, licenseCheck, requestId } = first.started;
    log.info('The robot is started', { flowSessionId, requestId, licenseCheck: licenseCheck?.code });
    return { flowSessionId, ...(licenseCheck && { licenseCheck }) };
  } finally {
    done.abort();
    givenUp.abort();
    answered.catch(() => undefined);
  }
}

function thisTrigger(): TriggerTime {
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

function parameters({ input, url }: Prepared): RunDesktopFlowParameters {
  const { runMode, runPriority, connectionName, connectionType, timeout, inputs } = input;
  return {
    runMode,
    runPriority,
    connectionName,
    connectionType: connectionType === 'connection' ? 1 : 2,
    ...(timeout !== undefined && { timeout }),
    ...(inputs !== undefined && { inputs: inputsText(inputs) }),
    ...(url !== undefined && { callbackUrl: url }),
  };
}
