/** HOST: tells whether a workflow has ended, in any way. */
import type { Client } from '@temporalio/client';

const OVER: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/**
 * Its latest execution counts: it may have been continued as new, or reset.
 * @throws WorkflowNotFoundError
 */
export async function isWorkflowClosed(client: Client, workflowId: string): Promise<boolean> {
  const { status } = await client.workflow.getHandle(workflowId).describe();
  return OVER.has(status.name);
}
