/** The limit of starts holds while worker processes are killed, start again, and become more in the middle of a burst. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { windowMaximum } from '../../bench/harness/statistics';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { type Starts, startsOn } from '../helpers/starts';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const STARTS_PER_MINUTE = 20;
/** What the emulator takes: as much more as Microsoft takes more than the default. */
const TAKEN_PER_MINUTE = 22;
const MINUTE_MS = 60_000;

let connection: Connection;
let emulator: Emulator;
let workers: WorkerProcess[];
let starts: Starts;
let come: () => Promise<void>;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
});

beforeEach(async () => {
  const taskQueue = `kills-of-starts-${randomUUID()}`;
  emulator = await startEmulator({ limits: { startsPerMinute: TAKEN_PER_MINUTE } });
  starts = startsOn({ client: new Client({ connection }), emulator, taskQueue });
  workers = [];
  come = async () => {
    const worker = await startWorker({
      ...emulator.environment,
      TEMPORAL_TASK_QUEUE: taskQueue,
      POWER_AUTOMATE_STARTS_PER_MINUTE: String(STARTS_PER_MINUTE),
      POWER_AUTOMATE_SETTLING_WINDOW: '2s',
    });
    workers.push(worker);
  };
  await come();
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  await emulator.close();
});

afterAll(() => connection?.close());

const expectWithinLimit = (name: string, all: number) => {
  expect(starts.times(name)).toHaveLength(all);
  expect(windowMaximum(starts.times(name), MINUTE_MS)).toBeLessThanOrEqual(TAKEN_PER_MINUTE);
  expect(emulator.seen.refused.filter(({ status }) => status === 429)).toEqual([]);
};

itTakesLong(
  'a worker that is killed and starts again within the minute counts what it has started before',
  async () => {
    const name = randomUUID();
    const before = await starts.ask(name, STARTS_PER_MINUTE - 4);
    await eventually(() => starts.times(name).length === STARTS_PER_MINUTE - 4, 40_000);
    await workers.pop()?.end('SIGKILL');
    await come();
    const after = await starts.ask(name, STARTS_PER_MINUTE - 6);
    await Promise.all([...before, ...after].map((run) => run.result()));
    expectWithinLimit(name, 2 * STARTS_PER_MINUTE - 10);
  },
  240_000,
);

itTakesLong(
  'workers that come in the middle of a burst take no more than is left',
  async () => {
    const name = randomUUID();
    const first = await starts.ask(name, STARTS_PER_MINUTE - 5);
    await eventually(() => starts.times(name).length >= 5, 40_000);
    const [more] = await Promise.all([starts.ask(name, 15), come(), come()]);
    await Promise.all([...first, ...more].map((run) => run.result()));
    expectWithinLimit(name, STARTS_PER_MINUTE + 10);
  },
  240_000,
);
