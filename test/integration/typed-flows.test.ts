/** A generated module in a workflow of one's own: bundled by the SDK, run as a child workflow, against the emulator. */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { generateFlowModule } from '../../src/codegen/module';
import { DataverseClient } from '../../src/dataverse';
import { failureOf, type Harness, startHarness, target } from '../helpers/harness';
import { createLinkedProject } from '../helpers/linked-project';

const DEFINITION = {
  name: 'Enter invoice',
  inputs: { 'Invoice number': 'string', Amount: 'number' },
  outputs: { Booking: 'string' },
  result: { Booking: 'B-{{inputs.Amount}}' },
} as const;

const WORKFLOW = `
import { executeEnterInvoice } from './enter-invoice';

export async function bookInvoice(amount: number, connectionName: string, taskQueue: string): Promise<string> {
  const options = { connectionName, runMode: 'unattended', checkInputs: true, checkSchema: true } as const;
  const inputs = { 'Invoice number': 'A-1', Amount: amount };
  const { outputs } = await executeEnterInvoice(inputs, options, { taskQueue });
  return outputs?.Booking ?? 'none';
}
`;

let harness: Harness;
let folder: string;
let worker: Worker;
let running: Promise<void>;
let flowId: string;

beforeAll(async () => {
  harness = await startHarness();
  ({ flowId } = harness.flow(DEFINITION));
  folder = await createLinkedProject('@temporalio');
  const schemas = await new DataverseClient(target(harness.emulator)).getFlowSchemas(flowId);
  const module = generateFlowModule({ flowId, name: DEFINITION.name, ...schemas }, { workflow: true });
  await writeFile(path.join(folder, 'enter-invoice.ts'), module);
  await writeFile(path.join(folder, 'workflows.ts'), WORKFLOW);
  worker = await Worker.create({
    connection: harness.env.nativeConnection,
    namespace: harness.env.namespace,
    taskQueue: `own-${harness.taskQueue}`,
    workflowsPath: path.join(folder, 'workflows.ts'),
  });
  running = worker.run();
}, 120_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await harness.close();
  await rm(folder, { recursive: true });
});

const start = () =>
  harness.client.workflow.start('bookInvoice', {
    args: [7, `connection-${flowId}`, harness.taskQueue],
    taskQueue: `own-${harness.taskQueue}`,
    workflowId: randomUUID(),
  });

it('is refused while the flow is another one, and starts no robot', async () => {
  harness.flow({ ...DEFINITION, id: flowId, outputs: { Booking: 'number' } });
  const { failure } = await failureOf(await start());
  expect(failure.cause).toMatchObject({ type: 'InvalidInput' });
  expect(failure.cause?.message).toContain('schemaFingerprint');
  expect(harness.emulator.seen.sessions).toHaveLength(0);
  expect(harness.emulator.seen.counts.trigger).toBe(0);
});

it('runs the flow with its inputs, and returns its outputs', async () => {
  harness.flow({ ...DEFINITION, id: flowId });
  await expect((await start()).result()).resolves.toBe('B-7');
  const [session] = harness.emulator.seen.sessions;
  expect(JSON.parse(session?.inputs ?? '')).toEqual({ 'Invoice number': 'A-1', Amount: 7 });
});
