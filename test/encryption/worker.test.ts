/** The worker process with PAYLOAD_ENCRYPTION_KEYS: what its runs leave in Temporal, and keys that change. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { readTemporalConfig } from '../../src/config/config';
import { dataConverterOf } from '../../src/temporal/data-converter';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

let connection: Connection;
let emulator: Emulator;
let taskQueue: string;
let worker: WorkerProcess;

beforeEach(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator();
  taskQueue = `encryption-${randomUUID()}`;
});

afterEach(async () => {
  await worker.end('SIGKILL');
  await emulator.close();
  await connection.close();
});

const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

const start = (keys: string) =>
  startWorker({
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    PAYLOAD_ENCRYPTION_KEYS: keys,
  });

/** As a service makes it. */
const clientWith = (keys: string) =>
  new Client({
    connection,
    dataConverter: dataConverterOf(readTemporalConfig({ PAYLOAD_ENCRYPTION_KEYS: keys }).payloads),
  });

function flow(definition: object = {}) {
  const id = randomUUID();
  emulator.addFlow({ name: 'Answer', duration: 0, ...definition, id });
  return {
    flowId: id,
    connectionName: `connection-${id}`,
    runMode: 'unattended',
    poll: { initialInterval: 100, maximumInterval: 200 },
    retry: { maximumAttempts: 1 },
  };
}

it('a run of a client and a worker with one key ends with its outputs', async () => {
  const keys = newKey('one');
  worker = await start(keys);
  const input = { ...flow({ result: { Answer: 'fortytwo' } }), inputs: { Question: 'why' } };
  const run = await clientWith(keys).workflow.start('RunDesktopFlow', {
    args: [input],
    taskQueue,
    workflowId: randomUUID(),
  });
  await expect(run.result()).resolves.toMatchObject({ outputs: { Answer: 'fortytwo' } });
  const history = await new Client({ connection }).workflow.getHandle(run.workflowId).fetchHistory();
  const shown = JSON.stringify(history, (_name, value) =>
    value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  );
  expect(shown).not.toMatch(/fortytwo|why|connection-/);
});
