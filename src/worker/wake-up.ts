/** HOST: wakes the workflow that waits for a robot, by its signal. */
import type { Client } from '@temporalio/client';
import type { WakeUp } from '../callback/options';
import { DESKTOP_FLOW_COMPLETED, type FlowSessionReference } from '../common/messages';
import { signalWorkflow } from '../temporal/workflow-signal';

/** Dataverse waits for the answer meanwhile. Its limit is not documented. */
const DEADLINE_MS = 3_000;

export function wakeUpBy(client: Client): WakeUp {
  return async (workflowId, flowSessionId) => {
    const reference: FlowSessionReference = { flowSessionId };
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      signalWorkflow(client, workflowId, DESKTOP_FLOW_COMPLETED, reference),
    );
  };
}
