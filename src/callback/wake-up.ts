/** HOST: wakes the workflow that waits for a robot, by its signal. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { DESKTOP_FLOW_COMPLETED, type FlowSessionReference } from '../common/messages';
import type { WakeUp } from './receiver';

/** Dataverse waits for the answer meanwhile; for how long is not documented. */
const DEADLINE_MS = 3_000;

/**
 * By the workflow id alone: the run may have been continued in a new execution. A later run of the same id is not
 * misled, because the signal names the robot.
 */
export function wakeUpBy(client: Client): WakeUp {
  return async (workflowId, flowSessionId) => {
    const handle = client.workflow.getHandle(workflowId);
    const reference: FlowSessionReference = { flowSessionId };
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        handle.signal<[FlowSessionReference]>(DESKTOP_FLOW_COMPLETED, reference),
      );
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
