/** Has a Temporal Schedule start a robot every hour. */
import { RUN_DESKTOP_FLOW } from 'temporal-power-automate/client';
import { tell } from './events.js';
import type { Flow, Service } from './service.js';

export async function schedule(
  { client, taskQueue }: Service,
  flow: Flow,
  scheduleId: string,
): Promise<number> {
  await client.schedule.create({
    scheduleId,
    // The Schedule adds the time to the id, so that each run has one of its own.
    action: {
      type: 'startWorkflow',
      workflowType: RUN_DESKTOP_FLOW,
      args: [flow],
      workflowId: scheduleId,
      taskQueue,
    },
    spec: { intervals: [{ every: '1 hour' }] },
    // For a robot that takes longer than the hour: `examples/README.md` says what else there is.
    policies: { overlap: 'SKIP' },
    state: { triggerImmediately: true },
  });
  tell('scheduled', { scheduleId });
  return 0;
}
