/** An operator resets, pauses or unpauses a trigger in somebody's own workflow: one robot. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TriggerFlowRunResult } from '../../src/common/activities';
import type { RunDesktopFlowInput } from '../../src/common/input';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

let harness: Harness;
let worker: Worker;
let running: Promise<void>;

beforeEach(async () => {
  harness = await startHarness({
    connector: {
      requestTimeoutMs: 2000,
      settlingWindowMs: 1500,
      callbackBaseUrl: 'http://127.0.0.1:9/callbacks',
    },
  });
  worker = await Worker.create({
    connection: harness.env.nativeConnection,
    namespace: harness.env.namespace,
    taskQueue: `own-${harness.taskQueue}`,
    workflowsPath: path.join(__dirname, '..', 'workflows', 'fixtures', 'triggers-with-retries.ts'),
  });
  running = worker.run();
});

afterEach(async () => {
  worker.shutdown();
  await running;
  await harness.close();
});

const start = ({ flowId, connectionName, runMode }: RunDesktopFlowInput, more: object = {}) =>
  harness.client.workflow.start('triggersWithRetries', {
    args: [harness.taskQueue, { flowId, connectionName, runMode, ...more }],
    taskQueue: `own-${harness.taskQueue}`,
    workflowId: randomUUID(),
  });

async function pending(handle: WorkflowHandle) {
  return (await handle.describe()).raw.pendingActivities?.[0];
}

const execution = ({ workflowId }: WorkflowHandle) => ({
  namespace: harness.client.options.namespace,
  execution: { workflowId },
  type: 'triggerFlowRun',
});

it.each([
  ['lost', { kind: 'lostAnswer' }, 1],
  ['lost on the way', { kind: 'lostRequest' }, 1],
] as const)(
  'a trigger that is %s, and reset with its heartbeats while it waits, starts one robot',
  async (_, fault, robots) => {
    const input = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', ...fault, flowId: input.flowId });
    harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 'always' });
    const handle = await start(input);
    await eventually(async () => ((await pending(handle))?.attempt ?? 0) > 1);
    harness.emulator.clearFaults();
    await harness.client.workflowService.resetActivity({ ...execution(handle), resetHeartbeat: true });
    const { flowSessionId }: TriggerFlowRunResult = await handle.result();
    expect(harness.emulator.seen.sessions.map(({ id }) => id)).toEqual([flowSessionId]);
    expect(harness.emulator.seen.sessions).toHaveLength(robots);
  },
);

it('a trigger that is in doubt is not refused because the schema of its flow has changed', async () => {
  const definition = { duration: '1h', inputs: { InvoiceNumber: 'string' } } as const;
  const input = harness.flow(definition);
  harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
  harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 'always' });
  const handle = await start(input, { checkInputs: true, inputs: { InvoiceNumber: 'A-1' } });
  await eventually(async () => ((await pending(handle))?.attempt ?? 0) > 1);
  harness.emulator.clearFaults();
  harness.emulator.addFlow({ ...definition, id: input.flowId, name: 'A flow', inputs: { Number: 'number' } });
  // A refusal reads the schema anew, so that the worker keeps the new one.
  await harness.fail({ ...input, checkInputs: true, inputs: {} });
  await harness.client.workflowService.resetActivity({ ...execution(handle), resetHeartbeat: true });
  const { flowSessionId }: TriggerFlowRunResult = await handle.result();
  expect(harness.emulator.seen.sessions.map(({ id }) => id)).toEqual([flowSessionId]);
  expect(harness.emulator.seen.counts).toMatchObject({ schema: 2, trigger: 1 });
});

itTakesLong(
  'a trigger that is paused and unpaused with its attempts reset, after a lost answer, starts one robot',
  async () => {
    const input = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 'always' });
    const handle = await start(input);
    await eventually(async () => ((await pending(handle))?.attempt ?? 0) > 1);
    harness.emulator.clearFaults();
    const { workflowService } = harness.client;
    await workflowService.pauseActivity(execution(handle));
    await workflowService.unpauseActivity({
      ...execution(handle),
      resetAttempts: true,
      resetHeartbeat: true,
    });
    const { flowSessionId }: TriggerFlowRunResult = await handle.result();
    expect(harness.emulator.seen.sessions.map(({ id }) => id)).toEqual([flowSessionId]);
  },
);

it('a trigger that nobody resets starts its robot without a look', async () => {
  const input = harness.flow({ duration: '1h' });
  await (await start(input)).result();
  expect(harness.emulator.seen.counts).toMatchObject({ trigger: 1, query: 0 });
});
