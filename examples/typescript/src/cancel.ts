/** Cancels a run, which stops its robot. */
import { randomUUID } from 'node:crypto';
import { tell } from './events.js';
import type { Flow, Service } from './service.js';

export async function cancel({ flows }: Service, flow: Flow): Promise<number> {
  const run = await flows.start(flow, { workflowId: `desktop-flow-${randomUUID()}` });
  tell('started', { flowSessionId: await run.session() });
  await run.cancel();
  // The run ends once Dataverse has said that the robot has stopped. Terminating it would leave the robot at work.
  const { kind } = await run.result();
  tell(kind);
  return kind === 'cancelled' ? 0 : 1;
}
