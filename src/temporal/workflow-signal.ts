/** HOST: signals the workflow that waits for a robot. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/**
 * Addresses the workflow by its id only: the run may have been continued in a new execution. The signal cannot mislead
 * a later run of the same id, because it names the robot. Does nothing for a workflow that is over.
 */
export async function signalWorkflow(
  client: Client,
  workflowId: string,
  signal: string,
  argument: object,
): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).signal(signal, argument);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
