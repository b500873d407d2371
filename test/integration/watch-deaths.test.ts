/** The worker process that looks for many robots dies, or is told to end: another one goes on. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

jest.setTimeout(240_000);

const FLOW_ID = randomUUID();
const RESULT = { Booking: 'B-{{inputs.Invoice}}' };

/** Of Temporal's enum `PendingActivityState`. */
const STARTED = 2;

/** What docs/waiting.md promises. */
const NOTICED_WITHIN_MS = 75_000;

let emulator: Emulator;
let taskQueue: string;
let environment: Record<string, string>;
let workers: WorkerProcess[];
let client: Client;

beforeEach(async () => {
  client = new Client({ connection: await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') }) });
  const flow = { id: FLOW_ID, name: 'Enter invoice', duration: '1h', result: RESULT };
  emulator = await startEmulator({ flows: { flows: [flow] } });
  taskQueue = `watch-deaths-${randomUUID()}`;
  environment = { ...emulator.environment, TEMPORAL_TASK_QUEUE: taskQueue };
  workers = [await startWorker(environment), await startWorker(environment)];
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
  await emulator.close();
  await client.connection.close();
});

async function startAll(count: number): Promise<WorkflowHandle[]> {
  const handles = await Promise.all(
    Array.from({ length: count }, (_, Invoice) =>
      client.workflow.start('RunDesktopFlow', {
        args: [
          { flowId: FLOW_ID, connectionName: `c-${Invoice}`, runMode: 'unattended', inputs: { Invoice } },
        ],
        taskQueue,
        workflowId: randomUUID(),
      }),
    ),
  );
  await Promise.all(handles.map((handle) => handle.executeUpdate('awaitFlowSession')));
  return handles;
}

/** The process that keeps the watch. */
async function watching(): Promise<WorkerProcess> {
  const query = `WorkflowType = 'WatchFlowRuns' AND TaskQueue = '${taskQueue}'`;
  return eventually(async () => {
    for await (const { workflowId } of client.workflow.list({ query })) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      // One that is relieved is pending for a while, too.
      const watch = raw.pendingActivities?.find(({ state }) => state === STARTED);
      const [pid] = watch?.lastWorkerIdentity?.split('@') ?? [];
      const found = workers.find((worker) => worker.pid === Number(pid));
      if (found) return found;
    }
    return undefined;
  }, NOTICED_WITHIN_MS);
}

function endRobots(): void {
  for (const { id } of emulator.seen.sessions) emulator.setStatus(id, 'Succeeded');
}

/** How long after its robot's end the last run ended, in milliseconds. */
async function latest(handles: readonly WorkflowHandle[]): Promise<number> {
  const results = await Promise.all(handles.map((handle) => handle.result()));
  expect(results.map(({ outputs }) => outputs.Booking)).toEqual(handles.map((_, number) => `B-${number}`));
  const completedOn = new Map(emulator.seen.sessions.map((session) => [session.id, session.completedOn]));
  expect(completedOn.size).toBe(handles.length);
  const delays = await Promise.all(
    handles.map(async (handle, number) => {
      const { closeTime } = await handle.describe();
      return (closeTime?.getTime() ?? 0) - (completedOn.get(results[number]?.flowSessionId) ?? 0);
    }),
  );
  return Math.max(...delays);
}

it('200 robots whose watch dies have 200 right results, none later than 75 s after its robot has ended', async () => {
  const handles = await startAll(200);
  await (await watching()).end('SIGKILL');
  endRobots();
  expect(await latest(handles)).toBeLessThan(NOTICED_WITHIN_MS);
});

itTakesLong(
  'a watch that took over from a dead one dies too, with all who knew of it: another one takes over',
  async () => {
    const handles = await startAll(5);
    const first = await watching();
    await first.end('SIGKILL');
    workers = workers.filter((worker) => worker !== first);
    await watching();
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    workers = [await startWorker(environment)];
    endRobots();
    expect(await latest(handles)).toBeLessThan(NOTICED_WITHIN_MS);
  },
  240_000,
);

it('a worker that shuts down hands its watch over at once', async () => {
  const handles = await startAll(20);
  const worker = await watching();
  const since = Date.now();
  await worker.end('SIGTERM');
  expect(Date.now() - since).toBeLessThan(15_000);
  endRobots();
  expect(await latest(handles)).toBeLessThan(15_000);
});
