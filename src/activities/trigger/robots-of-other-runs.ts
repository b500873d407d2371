/**
 * HOST: finds out which robots other runs own, from their histories. Needed only where a trigger has no key: a row that
 * another run may own must not be taken.
 */
import { activityInfo, getClient } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { messageOf } from '../../common/message-of';
import { RUN_DESKTOP_FLOWS } from '../../common/messages';
import { WATCH_FLOW_RUNS } from '../../common/watch';
import { isUnimplemented } from '../../temporal/grpc-errors';
import { triggersIn } from './triggers-in-history';

interface OthersRobots {
  /** Sessions that workflows have started of this flow, this very one included, in lower case. */
  sessions: Set<string>;
  /** Another run that may own one more, because it is starting a robot of this flow right now, or lost its answer. */
  starting?: string;
  /** Why the list is not complete. */
  incomplete?: string;
}

/** Reading each takes a while; with more open workflows than this, robots should not run without a key. */
const MOST_WORKFLOWS = 100;

/** Workflows of this project that start no robot themselves. */
const STARTS_NONE = [RUN_DESKTOP_FLOWS, WATCH_FLOW_RUNS]
  .map((type) => `WorkflowType != '${type}'`)
  .join(' AND ');

const NO_HISTORY = 'no history tells which robots standalone activities have started';

/**
 * Histories are strictly consistent; the list of workflows is written within about a second.
 * @param trigger the one in question, which may be another activity than this one.
 */
export async function robotsOfOtherRuns(
  flowId: string,
  { activityId, since }: { activityId: string; since: Date },
): Promise<OthersRobots> {
  const { workflowExecution: own } = activityInfo();
  const others: OthersRobots = { sessions: new Set() };
  if (own === undefined) return { ...others, incomplete: NO_HISTORY };
  // Of any other type: a workflow of somebody's own may trigger robots too.
  const query = `${STARTS_NONE} AND (ExecutionStatus = 'Running' OR CloseTime >= '${since.toISOString()}')`;
  try {
    const client = getClient();
    if ((await countStandalone(client, since)) > 0) return { ...others, incomplete: NO_HISTORY };
    // The list may not have it yet.
    const runs = [own];
    for await (const { workflowId, runId } of client.workflow.list({ query })) {
      if (runId !== own.runId) runs.push({ workflowId, runId });
      if (runs.length > MOST_WORKFLOWS)
        return { ...others, incomplete: `more than ${MOST_WORKFLOWS} other workflows are open` };
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
    if (isUnimplemented(error)) return 0;
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
  for (const trigger of await triggersIn(events ?? [], client.options.loadedDataConverter)) {
    if (trigger.flowId !== flowId) continue;
    for (const session of trigger.sessions) others.sessions.add(session);
    if (trigger.isOpen && trigger.activityId !== ownActivityId)
      others.starting = `workflow ${workflowId} is starting one too, or has lost its answer`;
  }
}
