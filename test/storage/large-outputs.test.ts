/** Outputs that no payload holds, by the worker as its operator runs it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { externalStorage } from '../../src/storage/external-storage';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { azuritePlace, folderPlace, type Place } from './places';

const MIB = 1024 * 1024;

/** Of 32 MiB that Dataverse keeps. */
const LARGE = 30 * MIB;

/** A machine that is busy takes its time with so much. */
jest.setTimeout(120_000);

const MOST_ABOVE_IDLE = 250 * MIB;

let connection: Connection;
let emulator: Emulator;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator();
});

afterAll(async () => {
  await emulator.close();
  await connection.close();
});

/** A run of a flow whose outputs have this size. */
function flowOf(resultSize: number) {
  const flow = { id: randomUUID(), name: 'Export invoices', duration: 0, resultSize };
  emulator.addFlow(flow);
  const poll = { initialInterval: 50, maximumInterval: 100, shared: false };
  return { flowId: flow.id, connectionName: 'invoices', runMode: 'unattended', poll };
}

/** What a process holds of memory now, and at its highest since it was asked to forget. Linux alone tells. */
function memoryOf(pid: number | undefined) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { now: of('VmRSS'), highest: of('VmHWM') };
}

const KINDS: [string, () => Promise<Place>][] = [
  ['a container of Azurite', azuritePlace],
  ['a folder', folderPlace],
];

describe.each(sampleOf(KINDS, 0))('outputs of 30 MiB, with %s', (_kind, open) => {
  let place: Place;
  let worker: WorkerProcess;
  let client: Client;
  const taskQueue = `large-${randomUUID()}`;

  beforeAll(async () => {
    place = await open();
    client = new Client({ connection, dataConverter: { externalStorage: externalStorage(place.settings) } });
    worker = await startWorker({
      ...emulator.environment,
      ...place.environment,
      TEMPORAL_TASK_QUEUE: taskQueue,
      MALLOC_TRIM_THRESHOLD_: '131072',
    });
  });

  afterAll(async () => {
    await worker.end('SIGTERM');
    await place.close();
  });

  const start = (resultSize: number) =>
    client.workflow.start('RunDesktopFlow', {
      args: [flowOf(resultSize)],
      taskQueue,
      workflowId: randomUUID(),
    });

  it('come whole, the history holds references alone, and the worker stays small', async () => {
    await (await start(1000)).result();
    const idle = memoryOf(worker.pid).now;
    const handle = await start(LARGE);
    const { outputs } = await handle.result();
    expect(JSON.stringify(outputs)).toHaveLength(LARGE);
    expect(JSON.stringify(await handle.fetchHistory()).length).toBeLessThan(100_000);
    const above = memoryOf(worker.pid).highest - idle;
    expect(above).toBeLessThan(MOST_ABOVE_IDLE);
  });

  const lateBy = async (down: () => Promise<unknown>) => {
    await place.stop();
    const before = emulator.seen.sessions.length;
    const handle = await start(LARGE);
    await eventually(() => worker.log().includes('ExternalStorageUnavailable'), 60_000);
    await down();
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await place.start();
    const { outputs } = await handle.result();
    expect(JSON.stringify(outputs)).toHaveLength(LARGE);
    expect(emulator.seen.sessions.length).toBe(before + 1);
  };

  it('come late, and right, where the place is down for a while; the robot runs once', () =>
    lateBy(async () => undefined));

  itTakesLong(
    'come late, and right, where the place is down for five minutes; the robot runs once',
    () => lateBy(() => new Promise((resolve) => setTimeout(resolve, 5 * 60_000))),
    10 * 60_000,
  );
});
