/**
 * HOST: which robots other runs know to be theirs, read from their histories. Asked only where a run has no key: a row
 * that another run may own must not be taken.
 */
import { activityInfo, getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { TriggerFlowRunResult } from '../../common/activities';
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

/** `activityId` is that of the trigger in question, which may be another activity than this one. */
export type OtherRuns = (
  flowId: string,
  trigger: { activityId: string; since: Date },
) => Promise<OthersRobots>;

/** Reading each takes a while; where more runs are open, no key is no way to run robots. */
const MOST_RUNS = 100;

/** Final failures of a trigger that certainly has started no robot. */
const REFUSALS: readonly string[] = [
  failures.INVALID_INPUT,
  failures.DATAVERSE_UNAUTHORIZED,
  failures.DATAVERSE_FORBIDDEN,
  failures.DATAVERSE_NOT_FOUND,
  failures.DATAVERSE_BAD_REQUEST,
];

/** Histories are strictly consistent; the list of workflows is written within about a second. */
export const otherRuns: OtherRuns = async (flowId, { activityId, since }) => {
  const { workflowType, workflowExecution: own } = activityInfo();
  const others: OthersRobots = { sessions: new Set() };
  const query = `WorkflowType = '${RUN_DESKTOP_FLOW}' AND (ExecutionStatus = 'Running' OR CloseTime >= '${since.toISOString()}')`;
  try {
    const client = getClient();
    const runs = workflowType === RUN_DESKTOP_FLOW || own === undefined ? [] : [own];
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      runs.push({ workflowId, runId });
      if (runs.length > MOST_RUNS)
        return { ...others, incomplete: `more than ${MOST_RUNS} other runs are open` };
    }
    for (const run of runs) {
      const isOwn = run.runId === own?.runId;
      await read(client, run, flowId, isOwn ? activityId : undefined, others);
    }
    return others;
  } catch (error) {
    const why = messageOf(error);
    return { ...others, incomplete: `Temporal does not tell which other runs there are (${why})` };
  }
};

async function read(
  client: Client,
  { workflowId, runId }: { workflowId: string; runId: string },
  flowId: string,
  ownActivityId: string | undefined,
  others: OthersRobots,
): Promise<void> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const decode = async (payloads: Payload[] | null | undefined) =>
    (await decodeArrayFromPayloads(client.options.loadedDataConverter, payloads))[0];
  const open = new Set<string>();
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'triggerFlowRun' && scheduled.activityId !== ownActivityId) {
      const input = (await decode(scheduled.input?.payloads)) as { flowId?: string } | undefined;
      if (input?.flowId?.toLowerCase() === flowId) open.add(String(event.eventId));
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && open.delete(String(completed.scheduledEventId))) {
      const { flowSessionId, duplicates = [] } = (await decode(
        completed.result?.payloads,
      )) as TriggerFlowRunResult;
      for (const session of [flowSessionId, ...duplicates]) others.sessions.add(session.toLowerCase());
    }
    const failed = event.activityTaskFailedEventAttributes;
    const type = failed?.failure?.applicationFailureInfo?.type;
    if (failed && type && REFUSALS.includes(type)) open.delete(String(failed.scheduledEventId));
    const canceled = event.activityTaskCanceledEventAttributes;
    if (canceled) open.delete(String(canceled.scheduledEventId));
  }
  if (open.size > 0) others.starting = `workflow ${workflowId} is starting one too, or has lost its answer`;
}
