/** What an operator does with `temporal workflow reset`. */
import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { eventually } from './harness';

/** Its worker may just have been killed. */
const FIRST_TASK_WITHIN_MS = 60_000;

/**
 * Resets to before the completion of a workflow task.
 * @param runId of the execution to reset. @default the latest
 * @returns the workflow as the reset left it.
 */
export async function reset(
  client: Client,
  { workflowId, runId: given }: { workflowId: string; runId?: string },
  /** @default the first one */
  which: 'first' | 'last' = 'first',
): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(workflowId, given);
  const event = await eventually(async () => {
    const { events } = await handle.fetchHistory();
    const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    return which === 'first' ? completed[0] : completed.at(-1);
  }, FIRST_TASK_WITHIN_MS);
  const { runId } = await handle.describe();
  const answer = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: event.eventId,
  });
  return client.workflow.getHandle(workflowId, answer.runId);
}
