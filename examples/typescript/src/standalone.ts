/** Starts a robot by a standalone activity: durably, without a workflow. */
import { randomUUID } from 'node:crypto';
import type { TriggerFlowRunResult } from 'temporal-power-automate';
import { tell } from './events.js';
import type { Flow, Service } from './service.js';

export async function standalone({ client, taskQueue }: Service, flow: Flow): Promise<number> {
  // It waits up to ten minutes for a robot of which the answer was lost, and answers once the robot is started.
  const { flowSessionId } = await client.activity.execute<TriggerFlowRunResult>('triggerFlowRun', {
    id: `robot-${randomUUID()}`,
    taskQueue,
    args: [flow],
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout: '30 seconds',
  });
  tell('started', { flowSessionId });
  return 0;
}
