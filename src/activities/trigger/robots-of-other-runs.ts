/**
 * HOST: finds out which robots other runs own, from their histories. Needed only where a trigger has no key: a row that
 * another run may own must not be taken.
 */
import { ApplicationFailure, activityInfo, getClient } from '@temporalio/activity';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import type { FindFlowRunInput, FindFlowRunResult } from '../../common/activities';
import { DATAVERSE_REFUSALS, detailsOf } from '../../common/failure-details';
import * as failures from '../../common/failure-types';
import { messageOf } from '../../common/message-of';
import { RUN_DESKTOP_FLOW } from '../../common/messages';

interface OthersRobots {
  /** Sessions of all runs of this flow, those that this very workflow started before included, in lower case. */
  sessions: Set<string>;
  /** Another run that may own one more, because it is starting a robot of this flow right now, or lost its answer. */
  starting?: string;
  /** Why the list is not complete. */
  incomplete?: string;
}

/** Reading each takes a while; with more open runs than this, robots should not run without a key. */
const MOST_RUNS = 100;

const NO_HISTORY = 'no history tells which robots standalone activities have started';

/** gRPC's code for a call that a server does not know. */
const UNIMPLEMENTED = 12;

/** Types of a failed trigger that has certainly started no robot, unless its details say that it is in doubt. */
const NOTHING_STARTED: readonly string[] = [
  failures.INVALID_INPUT,
  ...DATAVERSE_REFUSALS,
  failures.DATAVERSE_THROTTLED,
  failures.DATAVERSE_UNAVAILABLE,
];

/**
 * Histories are strictly consistent; the list of workflows is written within about a second.
 * @param trigger the one in question, which may be another activity than this one.
 */
export async function robotsOfOtherRuns(
  flowId: string,
  { activityId, since }: { activityId: string; since: Date },
): Promise<OthersRobots> {
  const { workflowType, workflowExecution: own } = activityInfo();
  const others: OthersRobots = { sessions: new Set() };
  if (own === undefined) return { ...others, incomplete: NO_HISTORY };
  const query = `WorkflowType = '${RUN_DESKTOP_FLOW}' AND (ExecutionStatus = 'Running' OR CloseTime >= '${since.toISOString()}')`;
  try {
    const client = getClient();
    if ((await countStandalone(client, since)) > 0) return { ...others, incomplete: NO_HISTORY };
    const runs = workflowType === RUN_DESKTOP_FLOW ? [] : [own];
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      runs.push({ workflowId, runId });
      if (runs.length > MOST_RUNS)
        return { ...others, incomplete: `more than ${MOST_RUNS} other runs are open` };
    }
    for (const run of runs) {
      const isOwn = run.runId === own.runId;
      await read(client, run, flowId, isOwn ? activityId : undefined, others);
    }
    return others;
  } catch (error) {
    const why = messageOf(error);
    return { ...others, incomplete: `Temporal does not tell which other runs there are (${why})` };
  }
}

/** How many standalone activities may have started a robot since; none on a server that does not know such activities. */
async function countStandalone(client: Client, since: Date): Promise<number> {
  const query = `ActivityType = 'triggerFlowRun' AND (ExecutionStatus = 'Running' OR CloseTime >= '${since.toISOString()}')`;
  try {
    return (await client.activity.count(query)).count;
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === UNIMPLEMENTED) return 0;
    throw error;
  }
}

/** Adds what the history of one run knows of its robots of the flow. */
async function read(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  flowId: string,
  ownActivityId: string | undefined,
  others: OthersRobots,
): Promise<void> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const { loadedDataConverter: converter } = client.options;
  const decode = async (payloads: Payload[] | null | undefined) =>
    (await decodeArrayFromPayloads(converter, payloads))[0];
  /** Triggers whose outcome the history does not tell, and searches: by the id of the event that scheduled them. */
  const open = new Map<string, string>();
  const searches = new Map<string, FindFlowRunInput>();
  for (const event of events ?? []) {
    const id = String(event.eventId);
    const scheduled = event.activityTaskScheduledEventAttributes;
    const name = scheduled?.activityType?.name;
    if (name === 'triggerFlowRun' || name === 'findFlowRun') {
      const input = (await decode(scheduled?.input?.payloads)) as FindFlowRunInput | undefined;
      const activityId = scheduled?.activityId ?? '';
      if (input?.flowId?.toLowerCase() !== flowId) continue;
      if (name === 'findFlowRun') searches.set(id, input);
      else if (activityId !== ownActivityId) open.set(id, activityId);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const completedId = String(completed?.scheduledEventId);
    const search = searches.get(completedId);
    if (search !== undefined || open.delete(completedId)) {
      const { flowSessionId, duplicates = [] } = (await decode(
        completed?.result?.payloads,
      )) as FindFlowRunResult;
      for (const session of [flowSessionId, ...duplicates]) {
        if (session !== null) others.sessions.add(session.toLowerCase());
      }
      // With 'startAgain' a search answers null also where it could not tell.
      if (flowSessionId !== null || search?.onUnknownOutcome !== 'startAgain') {
        for (const [trigger, activityId] of open) if (activityId === search?.activityId) open.delete(trigger);
      }
    }
    const failed = event.activityTaskFailedEventAttributes;
    const error = failed && (await decodeOptionalFailureToOptionalError(converter, failed.failure));
    if (failed && hasStartedNothing(error)) open.delete(String(failed.scheduledEventId));
    const canceled = event.activityTaskCanceledEventAttributes;
    if (canceled) open.delete(String(canceled.scheduledEventId));
  }
  if (open.size > 0) others.starting = `workflow ${workflowId} is starting one too, or has lost its answer`;
}

function hasStartedNothing(error: Error | null | undefined): boolean {
  if (!(error instanceof ApplicationFailure) || !NOTHING_STARTED.includes(error.type ?? '')) return false;
  return detailsOf(error).inDoubt !== true;
}
