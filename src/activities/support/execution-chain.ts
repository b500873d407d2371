/**
 * HOST: the executions of one workflow, before and after its resets, and their histories. Those of closed executions are
 * final: they tell exactly what was started.
 */
import { activityInfo, getClient } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { isNotFound } from '../../temporal/grpc-errors';

export type HistoryEvents = NonNullable<History['events']>;

export interface Execution {
  runId: string;
  events: HistoryEvents;
  /** Of the calling execution, or of one that it continues as new. Others ended when one of them was reset. */
  isOwn: boolean;
}

const MOST_EXECUTIONS = 100;

/** `CONTINUE_AS_NEW_INITIATOR_WORKFLOW`: not a retry, nor the next one of a schedule, which start anew. */
const BY_WORKFLOW = 1;

/**
 * Visits the calling execution, those that it continues, and all that were replaced when one of them was reset.
 * @returns whether all are known: Temporal deletes closed executions after the retention of the namespace.
 * @throws if Temporal is out of reach.
 */
export async function visitExecutions(visit: (execution: Execution) => Promise<void>): Promise<boolean> {
  const client = getClient();
  const { workflowId = '', runId } = activityInfo().workflowExecution ?? {};
  const visited = new Set<string>();
  const replaced: string[] = [];
  let isComplete = true;
  const read = async (id: string, isOwn: boolean) => {
    visited.add(id);
    const events = await historyOf(client, workflowId, id);
    isComplete &&= events !== undefined;
    if (events === undefined) return undefined;
    await visit({ runId: id, events, isOwn });
    return linksIn(events);
  };
  for (let id = runId; id !== undefined && !visited.has(id); ) {
    const links = await read(id, true);
    replaced.push(...(links?.resetFrom ?? []));
    id = links?.continues;
  }
  for (let id = replaced.pop(); id !== undefined; id = replaced.pop()) {
    if (visited.has(id)) continue;
    if (visited.size >= MOST_EXECUTIONS) return false;
    const links = await read(id, false);
    const next = [...(links?.resetFrom ?? []), links?.continues, links?.continuedBy];
    replaced.push(...next.filter((one) => one !== undefined));
  }
  return isComplete;
}

/** Returns undefined for an execution that Temporal does not know any longer. */
async function historyOf(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<HistoryEvents | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface Links {
  /** The execution that this one continues as new, and the one that continues it. */
  continues?: string;
  continuedBy?: string;
  /** The executions that were reset to make this one. */
  resetFrom: string[];
}

function linksIn(events: HistoryEvents): Links {
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const closed = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
  const continues = started?.initiator === BY_WORKFLOW ? started.continuedExecutionRunId : undefined;
  const continuedBy = closed?.initiator === BY_WORKFLOW ? closed.newExecutionRunId : undefined;
  return {
    ...(continues && { continues }),
    ...(continuedBy && { continuedBy }),
    resetFrom: events.flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
      failed?.baseRunId ? [failed.baseRunId] : [],
    ),
  };
}
