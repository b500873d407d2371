/** HOST: a signal to the workflow that waits for a robot, whoever has the news. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/**
 * By the workflow id alone: the run may have been continued in a new execution. A later run of the same id is not
 * misled, because the signal names the robot. A workflow that is over needs no word.
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
