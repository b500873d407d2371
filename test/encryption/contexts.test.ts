/** Whose a payload is, between real workers and clients: what Temporal itself carries around, and what somebody forges. */
import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { PowerAutomatePlugin } from '../../src';
import { readDataConverter } from '../../src/data-converter';
import { ensureEndpoint } from '../../src/nexus/endpoint';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { bundle, workflowBundle } from '../helpers/bundle';
import { eventually, newNamespace, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { newKey } from './stage';

const KEY = newKey('one');
const WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflows', 'index.ts');
const ENCODED_FAILURES = path.join(__dirname, '..', '..', 'src', 'common', 'encoded-failures.ts');
const POLL = { initialInterval: 50, maximumInterval: 100, shared: false };

let connection: NativeConnection;
let emulator: Emulator;
let client: Client;
let taskQueue: string;
let file: string;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator();
  taskQueue = `contexts-${randomUUID()}`;
  file = path.join(tmpdir(), `keys-${randomUUID()}`);
  await writeFile(file, KEY);
  client = new Client({ connection, dataConverter: readDataConverter({ PAYLOAD_ENCRYPTION_KEYS: KEY }) });
  worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundle(WORKFLOWS, [], ENCODED_FAILURES),
    plugins: [
      new PowerAutomatePlugin({
        environment: { ...emulator.environment, PAYLOAD_ENCRYPTION_KEYS_FILE: file },
      }),
    ],
  });
  running = worker.run();
}, 90_000);

afterAll(async () => {
  worker.shutdown();
  await running;
  await emulator.close();
  await connection.close();
});

function flow(definition: object = {}) {
  const id = randomUUID();
  emulator.addFlow({ name: 'Answer', duration: 0, result: { Answer: 42 }, ...definition, id });
  return {
    flowId: id,
    connectionName: `c-${id}`,
    runMode: 'unattended',
    poll: POLL,
    retry: { maximumAttempts: 1 },
  };
}

const sessionsOf = ({ flowId }: { flowId: string }) =>
  emulator.seen.sessions.filter((session) => session.flowId === flowId);

/** @returns the failures of the workflow's tasks, as Temporal shows them to who has the keys. */
async function taskFailures(workflowId: string, of: Client): Promise<string> {
  const { events } = await of.workflow.getHandle(workflowId).fetchHistory();
  const failures = (events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes?.failure ?? []);
  const { failureConverter, payloadConverter, payloadCodecs } = of.options.loadedDataConverter;
  const texts = await Promise.all(
    failures.map(async (failure) => {
      const attributes = failure.encodedAttributes ? [failure.encodedAttributes] : [];
      const [decoded] = (await payloadCodecs[0]?.decode(attributes)) ?? [];
      const shown = { ...failure, ...(decoded && { encodedAttributes: decoded }) };
      return failureConverter.failureToError(shown, payloadConverter).message;
    }),
  );
  return texts.join('\n');
}

it('the run of a schedule reads the input that the schedule was made with', async () => {
  const input = flow();
  const scheduleId = randomUUID();
  const schedule = await client.schedule.create({
    scheduleId,
    spec: {},
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
    action: {
      type: 'startWorkflow',
      workflowType: 'RunDesktopFlow',
      taskQueue,
      args: [input],
      workflowId: scheduleId,
    },
  });
  try {
    await schedule.trigger();
    const ended = await eventually(async () => {
      const { info } = await schedule.describe();
      const [action] = info.recentActions;
      return action?.action.workflow;
    }, 30_000);
    expect(ended.workflowId).toMatch(new RegExp(`^${scheduleId}-\\d{4}-`));
    await expect(client.workflow.getHandle(ended.workflowId).result()).resolves.toMatchObject({
      outputs: { Answer: 42 },
    });
  } finally {
    await schedule.delete();
  }
});

it('the encrypted input of one run starts no robot for another one', async () => {
  const victim = flow();
  const run = await client.workflow.start('RunDesktopFlow', {
    taskQueue,
    workflowId: randomUUID(),
    args: [victim],
  });
  await run.result();
  const { events } = await run.fetchHistory();
  const stolen = events?.[0]?.workflowExecutionStartedEventAttributes?.input as { payloads: Payload[] };
  const workflowId = randomUUID();
  await client.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'RunDesktopFlow' },
    taskQueue: { name: taskQueue },
    requestId: randomUUID(),
    input: stolen,
  });
  const failures = await eventually(() => taskFailures(workflowId, client), 30_000);
  expect(failures).toContain(
    `encrypted for the workflow ${run.workflowId} of the namespace default, and not for ${workflowId}`,
  );
  expect(sessionsOf(victim)).toHaveLength(1);
  await client.workflow.getHandle(workflowId).terminate();
});

itTakesLong(
  'a run whose key the worker lacks waits, and goes on as soon as the key is in its file',
  async () => {
    const second = newKey('two');
    const ahead = new Client({
      connection,
      dataConverter: readDataConverter({ PAYLOAD_ENCRYPTION_KEYS: `${second},${KEY}` }),
    });
    const input = flow();
    const run = await ahead.workflow.start('RunDesktopFlow', {
      taskQueue,
      workflowId: randomUUID(),
      args: [input],
    });
    const failures = await eventually(() => taskFailures(run.workflowId, ahead), 30_000);
    expect(failures).toContain(
      'encrypted with the key two, which this process does not have. Add it to PAYLOAD_ENCRYPTION_KEYS',
    );
    expect(sessionsOf(input)).toHaveLength(0);
    await writeFile(file, `${KEY},${second}`);
    await expect(run.result()).resolves.toMatchObject({ outputs: { Answer: 42 } });
    expect(sessionsOf(input)).toHaveLength(1);
  },
  60_000,
);

describe('a workflow of another namespace, by Nexus', () => {
  let namespace: string;
  let endpoint: string;
  let workflowCode: Awaited<ReturnType<typeof bundleWorkflowCode>>;

  beforeAll(async () => {
    namespace = await newNamespace(setUp('TEST_TEMPORAL_ADDRESS'));
    endpoint = `encrypted-${randomUUID()}`;
    await ensureEndpoint(connection.operatorService, { endpoint, namespace: 'default', taskQueue });
    workflowCode = await bundleWorkflowCode({
      workflowsPath: path.join(__dirname, '..', 'nexus', 'workflows', 'callers.ts'),
      failureConverterPath: ENCODED_FAILURES,
      logger: new DefaultLogger('ERROR'),
    });
  }, 60_000);

  async function withCaller(
    more: Record<string, string>,
    test: (callers: Client, queue: string) => Promise<void>,
  ) {
    const dataConverter = readDataConverter({ PAYLOAD_ENCRYPTION_KEYS: KEY, ...more });
    const queue = `callers-${randomUUID()}`;
    const caller = await Worker.create({
      connection,
      namespace,
      taskQueue: queue,
      workflowBundle: workflowCode,
      dataConverter,
    });
    const callers = new Client({ connection, namespace, dataConverter });
    await caller.runUntil(() => test(callers, queue));
  }

  const call = (callers: Client, queue: string, input: object) =>
    callers.workflow.start('callRunDesktopFlow', {
      taskQueue: queue,
      workflowId: randomUUID(),
      args: [endpoint, input],
    });

  it('has the result of a run where it names the namespace of the handler', async () => {
    await withCaller({ PAYLOAD_ENCRYPTION_NEXUS_NAMESPACES: 'default' }, async (callers, queue) => {
      const good = await call(callers, queue, flow());
      await expect(good.result()).resolves.toMatchObject({ outputs: { Answer: 42 } });
      const bad = await call(
        callers,
        queue,
        flow({ result: undefined, ends: { status: 'Failed', errorMessage: 'gone' } }),
      );
      await expect(bad.result()).rejects.toMatchObject({
        cause: { cause: { type: 'DesktopFlowFailed', message: expect.stringContaining('gone') } },
      });
    });
  });

  it('waits where it does not name it, and is told what to set', async () => {
    await withCaller({}, async (callers, queue) => {
      const run = await call(callers, queue, flow());
      const failures = await eventually(() => taskFailures(run.workflowId, callers), 30_000);
      expect(failures).toContain(
        'name the namespace of their handler in PAYLOAD_ENCRYPTION_NEXUS_NAMESPACES',
      );
      await run.terminate();
    });
  });
});

it('a bundle that shows messages of failures is refused by a worker with keys', async () => {
  const environment = {
    ...emulator.environment,
    PAYLOAD_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
  };
  const create = Worker.create({
    connection,
    taskQueue: randomUUID(),
    workflowBundle: await workflowBundle(),
    plugins: [new PowerAutomatePlugin({ environment })],
  });
  await expect(create).rejects.toThrow('shows the messages of failures in clear text. Give');
});
