/** HOST: reads from the history of a workflow which robots it has started, and which triggers it has lost sight of. */
import { ApplicationFailure } from '@temporalio/activity';
import type { LoadedDataConverter, Payload } from '@temporalio/common';
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow';
import type { FindFlowRunInput, FindFlowRunResult, RobotIdentity } from '../../common/activities';
import { DATAVERSE_REFUSALS, detailsOf } from '../../common/failure-details';
import * as failures from '../../common/failure-types';
import { readPayloads } from '../../temporal/payloads';
import type { HistoryEvents } from '../support/execution-chain';

/** One `triggerFlowRun` of a workflow. */
export interface TriggerInHistory {
  activityId: string;
  /** In lower case. */
  flowId: string;
  /** Epoch milliseconds. */
  scheduledAt: number;
  /** Absent where the workflow does not count attempts. */
  identity?: RobotIdentity;
  /** Flow sessions that it has certainly started, in lower case: first the robot, then its duplicates. */
  sessions: string[];
  /** Whether it may have started a robot that the history does not name. */
  isOpen: boolean;
}

/** Types of a failed trigger that has certainly started no robot, unless its details say that it is in doubt. */
const NOTHING_STARTED: readonly string[] = [
  failures.INVALID_INPUT,
  ...DATAVERSE_REFUSALS,
  failures.DATAVERSE_THROTTLED,
  failures.DATAVERSE_UNAVAILABLE,
  // Its inputs could not be read. Where its result could not be stored, it says that it is in doubt.
  failures.EXTERNAL_STORAGE_UNAVAILABLE,
  failures.EXTERNAL_PAYLOAD_LOST,
];

/** @param converter that of the client which has read the history. */
export async function triggersIn(
  events: HistoryEvents,
  converter: LoadedDataConverter,
): Promise<TriggerInHistory[]> {
  const decode = (payloads: Payload[] | null | undefined) => readPayloads(converter, payloads);
  /** By the id of the event that scheduled them. */
  const triggers = new Map<string, TriggerInHistory>();
  const searches = new Map<string, FindFlowRunInput>();
  const ofSearch = ({ activityId }: FindFlowRunInput) =>
    [...triggers.values()].filter((trigger) => trigger.activityId === activityId);
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const name = scheduled?.activityType?.name;
    if (name === 'triggerFlowRun' || name === 'findFlowRun') {
      const [input, identity] = await decode(scheduled?.input?.payloads);
      const { flowId } = (input ?? {}) as Partial<FindFlowRunInput>;
      if (typeof flowId !== 'string') continue;
      const trigger = {
        activityId: scheduled?.activityId ?? '',
        flowId: flowId.toLowerCase(),
        scheduledAt: Number(event.eventTime?.seconds ?? 0) * 1000,
        ...(isIdentity(identity) && { identity }),
        sessions: [],
        isOpen: true,
      };
      const id = String(event.eventId);
      if (name === 'triggerFlowRun') triggers.set(id, trigger);
      else {
        const search = input as FindFlowRunInput;
        searches.set(id, search);
        // A trigger that was cancelled in the same workflow task has left no event.
        if (ofSearch(search).length === 0)
          triggers.set(id, { ...trigger, activityId: search.activityId, isOpen: false });
      }
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const completedId = String(completed?.scheduledEventId);
    const search = searches.get(completedId);
    const answered = search
      ? ofSearch(search)
      : [triggers.get(completedId)].filter((one) => one !== undefined);
    if (completed && answered.length > 0) {
      const [result] = (await decode(completed.result?.payloads)) as [FindFlowRunResult];
      for (const trigger of answered) settle(trigger, result, search);
    }
    const failed = event.activityTaskFailedEventAttributes;
    const refused = failed && triggers.get(String(failed.scheduledEventId));
    if (refused) {
      const failure = await decodeOptionalFailureToOptionalError(converter, failed.failure);
      if (hasStartedNothing(failure)) refused.isOpen = false;
      const robot = robotOf(failure);
      if (robot) settle(refused, robot);
    }
    const canceled = event.activityTaskCanceledEventAttributes;
    const unsent = canceled && triggers.get(String(canceled.scheduledEventId));
    if (unsent) unsent.isOpen = false;
  }
  return [...triggers.values()];
}

function settle(
  trigger: TriggerInHistory,
  { flowSessionId, duplicates = [] }: FindFlowRunResult,
  search?: FindFlowRunInput,
): void {
  if (flowSessionId !== null) {
    trigger.sessions = [flowSessionId, ...duplicates].map((id) => id.toLowerCase());
  }
  // With 'startAgain' a search answers null also where it could not tell.
  if (flowSessionId !== null || search?.onUnknownOutcome !== 'startAgain') trigger.isOpen = false;
}

function isIdentity(value: unknown): value is RobotIdentity {
  const { run, attempt } = (value ?? {}) as Partial<RobotIdentity>;
  return typeof run === 'string' && typeof attempt === 'number';
}

/** The robot of a trigger that has failed by its result expression alone. */
function robotOf(error: Error | null | undefined): FindFlowRunResult | undefined {
  if (!(error instanceof ApplicationFailure) || error.type !== failures.RESULT_EXPRESSION_FAILED)
    return undefined;
  const { flowSessionId = null, duplicates } = detailsOf(error);
  return { flowSessionId, ...(duplicates && { duplicates }) };
}

function hasStartedNothing(error: Error | null | undefined): boolean {
  if (!(error instanceof ApplicationFailure) || !NOTHING_STARTED.includes(error.type ?? '')) return false;
  return detailsOf(error).inDoubt !== true;
}
