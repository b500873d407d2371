/** A worker of somebody else that has versions: how our workflows follow them, and that theirs do as they say. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { PowerAutomatePlugin } from '../../src';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: '1h', result: {} };
const INPUT = { flowId: FLOW.id, connectionName: 'invoices', runMode: 'unattended' };

const pathOf = (file: string) => path.join(__dirname, 'workflows', `${file}.ts`);

let emulator: Emulator;
let connection: NativeConnection;
let client: Client;
let taskQueue: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
});

afterAll(() => connection.close());

beforeEach(async () => {
  taskQueue = `versions-${randomUUID()}`;
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await emulator.close();
});

const plugins = () => [new PowerAutomatePlugin({ environment: emulator.environment })];

/** A worker of the version that is then current; the deployment has the name of the task queue. */
async function work(
  buildId: string,
  defaultVersioningBehavior: 'PINNED' | 'AUTO_UPGRADE',
  options: Partial<WorkerOptions>,
): Promise<void> {
  const worker = await Worker.create({
    connection,
    taskQueue,
    plugins: plugins(),
    identity: buildId,
    workerDeploymentOptions: {
      version: { deploymentName: taskQueue, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior,
    },
    ...options,
  });
  const running = worker.run();
  ends.push(async () => {
    worker.shutdown();
    await running;
  });
  const version = { namespace: 'default', deploymentName: taskQueue, buildId };
  await eventually(() =>
    client.workflowService.setWorkerDeploymentCurrentVersion(version).then(
      () => true,
      () => false,
    ),
  );
}

const start = (workflowType: string, input: object) =>
  client.workflow.start(workflowType, { args: [input], taskQueue, workflowId: randomUUID() });

async function behaviorOf(workflowId: string): Promise<unknown> {
  return eventually(async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const { behavior, versioningOverride, deploymentVersion } =
      raw.workflowExecutionInfo?.versioningInfo ?? {};
    const name = { 1: 'PINNED', 2: 'AUTO_UPGRADE' }[behavior as 1 | 2];
    return name && !versioningOverride && `${name} of ${deploymentVersion?.buildId}`;
  });
}

it('has runs pinned and the watcher upgrade, and leaves alone what its owner has said', async () => {
  await work('one', 'AUTO_UPGRADE', { workflowsPath: pathOf('versioned') });
  const run = await start('RunDesktopFlow', INPUT);
  const batch = await start('RunDesktopFlows', { items: [INPUT] });
  const own = await start('payInvoice', INPUT);
  expect(await behaviorOf(run.workflowId)).toBe('PINNED of one');
  expect(await behaviorOf(batch.workflowId)).toBe('AUTO_UPGRADE of one');
  expect(await behaviorOf(own.workflowId)).toBe('AUTO_UPGRADE of one');
  await eventually(() => emulator.seen.sessions.length === 3);
  await Promise.all([run, batch, own].map((handle) => handle.terminate()));
}, 120_000);

itTakesLong(
  'has a batch go on in the version that becomes current, whose robots stay where they were started',
  async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: pathOf('versioned-beforehand'),
      plugins: plugins(),
      logger: new DefaultLogger('ERROR'),
    });
    await work('one', 'PINNED', { workflowBundle });
    const items = Array.from({ length: 8 }, () => INPUT);
    const batch = await start('RunDesktopFlows', { items, maximumConcurrent: 2 });
    await eventually(() => emulator.seen.sessions.length === 2);
    expect(await behaviorOf(batch.workflowId)).toBe('PINNED of one');
    await work('two', 'PINNED', { workflowBundle });
    // The server tells its parts of the version one after the other, so a few items may still be started by the first.
    for (const ended of items.keys()) {
      await eventually(() => emulator.seen.sessions.length === Math.min(ended + 2, items.length));
      emulator.setStatus(emulator.seen.sessions[ended]?.id ?? '', 'Succeeded');
    }
    const all = { succeeded: items.length };
    await expect(client.workflow.getHandle(batch.workflowId).result()).resolves.toMatchObject(all);
    expect(await behaviorOf(batch.workflowId)).toBe('PINNED of two');
    const builds = await Promise.all(items.map((_, item) => behaviorOf(`${batch.workflowId}/${item}`)));
    expect(builds.slice(0, 2)).toEqual(['PINNED of one', 'PINNED of one']);
    expect(builds.toSorted()).toEqual(builds);
    expect(builds.at(-1)).toBe('PINNED of two');
    expect(emulator.seen.sessions).toHaveLength(items.length);
  },
  120_000,
);
