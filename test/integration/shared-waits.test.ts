/** Dataverse asks one worker process to wait, and no other one asks sooner. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { type Starts, startsOn } from '../helpers/starts';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

/** A start follows the other, so that each worker gets some of them. */
const APART_MS = 400;

/** What was on its way already when the refusal came. */
const ON_ITS_WAY_MS = 500;

/** On a machine that is busy: a retry is up to a tenth late, and comes through Temporal. */
const LATE_MS = 15_000;

let connection: Connection;
let emulator: Emulator;
let workers: WorkerProcess[];
let starts: Starts;
let come: () => Promise<WorkerProcess>;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  const taskQueue = `waits-${randomUUID()}`;
  emulator = await startEmulator();
  starts = startsOn({ client: new Client({ connection }), emulator, taskQueue });
  come = () => startWorker({ ...emulator.environment, TEMPORAL_TASK_QUEUE: taskQueue });
  workers = await Promise.all([come(), come()]);
});

afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.end('SIGTERM')));
  await emulator?.close();
  await connection?.close();
});

const refusals = () => emulator.seen.refused.filter(({ status }) => status === 429);

/** One start that is refused. @returns its run, and when. */
async function refused(connectionName: string): Promise<{ run: WorkflowHandle; at: number }> {
  const before = refusals().length;
  const [run] = (await starts.ask(connectionName, 1)) as [WorkflowHandle];
  const refusal = await eventually(() => refusals()[before]);
  return { run, at: refusal.at };
}

/** Asks for one robot after the other until then. */
async function askUntil(connectionName: string, until: number): Promise<WorkflowHandle[]> {
  const runs: WorkflowHandle[] = [];
  while (Date.now() < until) {
    runs.push(...(await starts.ask(connectionName, 1)));
    await pause(APART_MS);
  }
  return runs;
}

/** The identities of the workers that were given a trigger, by run and in order. */
async function triedBy(runs: readonly WorkflowHandle[]): Promise<string[]> {
  const histories = await Promise.all(runs.map((run) => run.fetchHistory()));
  return histories.flatMap(({ events }) => {
    const triggers = (events ?? []).flatMap(({ eventId, activityTaskScheduledEventAttributes: one }) =>
      one?.activityType?.name === 'triggerFlowRun' ? [String(eventId)] : [],
    );
    return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: one }) =>
      triggers.includes(String(one?.scheduledEventId)) ? [one?.identity ?? ''] : [],
    );
  });
}

const results = (runs: readonly WorkflowHandle[]) => Promise.all(runs.map((run) => run.result()));

it('a connection that is refused has no start by any worker before it was told, and other connections go on', async () => {
  const retryAfterSeconds = 5;
  const [busy, free] = [randomUUID(), randomUUID()];
  emulator.inject({
    on: 'trigger',
    kind: 'status',
    httpStatus: 429,
    code: 'DesktopFlowsActionThrottled',
    message: 'Too many flows use the connection.',
    retryAfterSeconds,
  });
  const { run, at } = await refused(busy);
  const over = at + retryAfterSeconds * 1000;
  const [others, freeRuns] = await Promise.all([askUntil(busy, over), askUntil(free, over - 2_000)]);
  await results([run, ...others, ...freeRuns]);

  expect(new Set(await triedBy([run, ...others])).size).toBe(2);
  expect(starts.times(busy)).toHaveLength(1 + others.length);
  const [first = 0] = starts.times(busy).filter((time) => time > at + ON_ITS_WAY_MS);
  expect(first).toBeGreaterThanOrEqual(over);
  expect(first).toBeLessThan(over + LATE_MS);
  const [firstFree = 0] = starts.times(free);
  expect(firstFree).toBeLessThan(over);
  expect(refusals()).toHaveLength(1);
}, 90_000);

it('an organization that is closed is asked by no worker before, not after the one that knows is killed, nor by a new one', async () => {
  const retryAfterSeconds = 10;
  emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds });
  const { run, at } = await refused(randomUUID());
  const over = at + retryAfterSeconds * 1000;
  const [teller] = await eventually(async () => {
    const tried = await triedBy([run]);
    return tried.length > 0 && tried;
  });
  const killed = workers.findIndex(({ pid }) => teller?.startsWith(`${pid}@`));
  expect(killed).toBeGreaterThanOrEqual(0);
  const [others] = await Promise.all([
    askUntil(randomUUID(), over),
    workers[killed]?.end('SIGKILL').then(async () => {
      workers[killed] = await come();
    }),
  ]);
  const first = await eventually(() =>
    emulator.seen.requests.find((request) => request.kind !== 'token' && request.at > at + ON_ITS_WAY_MS),
  );
  expect(first.at).toBeGreaterThanOrEqual(over);
  expect(first.at).toBeLessThan(over + LATE_MS);
  // The one that is left has met the wait, and so has the new one, where it came in time.
  await eventually(async () => {
    const tried = new Set(await triedBy(others));
    return tried.size - Number(tried.has(teller as string)) >= 1;
  });
  // What the killed worker had under way would be looked for, for a while.
  await Promise.all([run, ...others].map((one) => one.terminate().catch(() => undefined)));
}, 120_000);
