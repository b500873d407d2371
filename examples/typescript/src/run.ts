/** Runs a desktop flow: its session, its live view, and its end, good or bad. */
import { randomUUID } from 'node:crypto';
import type { DesktopFlowOutcome } from 'temporal-power-automate/client';
import { tell } from './events.js';
import type { Flow, Service } from './service.js';

export async function run({ flows }: Service, flow: Flow): Promise<number> {
  // A service takes its own key, such as the number of an invoice: asking twice then starts one robot.
  const handle = await flows.start(flow, { workflowId: `desktop-flow-${randomUUID()}` });
  const flowSessionId = await handle.session();
  if (flowSessionId !== null) {
    tell('started', { flowSessionId });
    const { phase, attempt } = await handle.view();
    tell('view', { phase, flowSessionId, attempt });
  }
  return tellEnd(await handle.result());
}

/** The compiler knows every end that there is, and what is known of it. */
function tellEnd(outcome: DesktopFlowOutcome): number {
  if (outcome.kind === 'succeeded') {
    const { outputs, startedOn, completedOn, attempts } = outcome.result;
    const seconds = (Date.parse(completedOn ?? '') - Date.parse(startedOn ?? '')) / 1000;
    tell('succeeded', { outputs, seconds, robots: attempts.length });
    return 0;
  }
  if (outcome.kind !== 'failed') throw new Error(`The run ended as ${outcome.kind}`);
  const { type, message, details } = outcome;
  const robots = details.attempts.length;
  switch (type) {
    case 'DesktopFlowFaulted': {
      // The robot ended badly, or the run gave up. `origin` says which.
      const { origin, errorCode, errorMessage } = details;
      tell('faulted', { origin, errorCode, errorMessage, robots });
      return 1;
    }
    case 'TriggerOutcomeUnknown':
      // A robot may be at work. Do not start another: have somebody look in Power Automate first.
      tell('unknown', { message, robots });
      return 1;
    default:
      throw new Error(`${type}: ${message}`);
  }
}
