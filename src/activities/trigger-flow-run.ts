/**
 * HOST: the activity `triggerFlowRun`. Starting a robot is not idempotent, so a POST is written only while it is
 * proven that no earlier one can have started a robot: in a first attempt, and after attempts that were refused.
 * The proof travels in the heartbeat details, which Temporal stores in one step with the failure of the attempt;
 * a worker that dies leaves none, and its successor answers `TriggerOutcomeUnknown`.
 */
import {
  ApplicationFailure,
  activityInfo,
  cancellationSignal,
  cancelled,
  heartbeat,
  log,
} from '@temporalio/activity';
import type { TriggerFlowRunInput, TriggerFlowRunResult } from '../common/activities';
import { INVALID_INPUT, TRIGGER_OUTCOME_UNKNOWN } from '../common/failures';
import { inputsText } from '../common/fields';
import { type ParsedTriggerFlowRunInput, parseTriggerFlowRunInput } from '../common/input';
import { DataverseError, type RunDesktopFlowParameters } from '../dataverse';
import type { Connector } from './connect';
import { failureDetails, invalidInput, toApplicationFailure } from './failures';
import { whileHeartbeating } from './heartbeat';

interface Proof {
  /** The attempt of this activity that certainly started no robot. */
  refusedAttempt: number;
}

export function createTriggerFlowRun(connect: Connector) {
  return async (argument: TriggerFlowRunInput): Promise<TriggerFlowRunResult> => {
    const parsed = parseTriggerFlowRunInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    refuseDoubt();
    const client = await connect(parsed.value).catch(refused);
    // From here on a cancellation does not interrupt: the answer tells which robot there is to stop.
    if (cancellationSignal().aborted) {
      tellNextAttempt();
      await cancelled();
    }
    try {
      const { flowId } = parsed.value;
      const started = await whileHeartbeating(() => client.runDesktopFlow(flowId, parameters(parsed.value)));
      const { flowSessionId, licenseCheck, requestId } = started;
      log.info('The robot is started', { flowSessionId, requestId, licenseCheck: licenseCheck?.code });
      return { flowSessionId, ...(licenseCheck && { licenseCheck }) };
    } catch (error) {
      if (error instanceof DataverseError && error.outcome === 'refused') return refused(error);
      throw outcomeUnknown(error instanceof Error ? error.message : String(error), error);
    }
  };
}

function refused(error: unknown): never {
  tellNextAttempt();
  throw toApplicationFailure(error);
}

/** This attempt certainly started no robot. */
function tellNextAttempt(): void {
  heartbeat({ refusedAttempt: activityInfo().attempt } satisfies Proof);
}

function refuseDoubt(): void {
  const { attempt, heartbeatDetails, isLocal } = activityInfo();
  if (isLocal) {
    const message =
      'triggerFlowRun must not be a local activity: nothing would tell that an attempt was lost';
    throw ApplicationFailure.nonRetryable(message, INVALID_INPUT);
  }
  const isFirst = attempt === 1 && heartbeatDetails === undefined;
  const proof = heartbeatDetails as Partial<Proof> | undefined;
  if (isFirst || proof?.refusedAttempt === attempt - 1) return;
  throw outcomeUnknown('the worker died, or lost Temporal, while an earlier attempt was under way');
}

function outcomeUnknown(why: string, error?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: TRIGGER_OUTCOME_UNKNOWN,
    nonRetryable: true,
    message:
      `Whether a robot was started cannot be told: ${why}. ` +
      'Look for the run in Power Automate before you start it again.',
    details: [failureDetails(error)],
  });
}

function parameters(input: ParsedTriggerFlowRunInput): RunDesktopFlowParameters {
  const { runMode, runPriority, connectionName, connectionType, timeout, inputs, callbackUrl } = input;
  return {
    runMode,
    runPriority,
    connectionName,
    connectionType: connectionType === 'connection' ? 1 : 2,
    ...(timeout !== undefined && { timeout }),
    ...(inputs !== undefined && { inputs: inputsText(inputs) }),
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
}
