/** HOST, development only: the flow that all robots of a measurement run, their inputs, and what each must give back. */
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { FlowDefinition } from '../../src/testing/emulator';
import type { Poll } from '../modes';

const FLOW_ID = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7abe01';

export function robotFlow(durationMs: number): FlowDefinition {
  return {
    id: FLOW_ID,
    name: 'Enter invoice',
    duration: durationMs,
    inputs: { Number: 'number' },
    outputs: { Number: 'number', Booking: 'string' },
    result: { Number: '{{inputs.Number}}', Booking: 'B-{{inputs.Number}}' },
  };
}

/** One connection for each robot: the emulator gives every connection a machine of its own. */
export function robotInput(number: number, poll: Partial<Poll>): RunDesktopFlowInput {
  return {
    flowId: FLOW_ID,
    connectionName: `connection-${number}`,
    runMode: 'unattended',
    inputs: { Number: number },
    poll: poll as RunDesktopFlowInput['poll'],
    // A robot that has to be started twice is a wrong result here.
    retry: { maximumAttempts: 1 },
  };
}

/** The reason why a result is wrong, or undefined where it is right. */
export function wrongness(number: number, result: unknown): string | undefined {
  const { status, outputs } = (result ?? {}) as { status?: unknown; outputs?: Record<string, unknown> };
  if (status !== 'Succeeded') return `robot ${number} has the status ${status}`;
  if (outputs?.Number !== number || outputs.Booking !== `B-${number}`) {
    return `robot ${number} has the outputs ${JSON.stringify(outputs)}`;
  }
  return undefined;
}
