/** Two worker processes start robots of one connection as fast as Temporal lets them: within the limit, high first. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { limitStarts } from '../../src/temporal/starts-limit';
import { type Emulator, type SeenSession, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: 0, result: {} };

/** 5 a second: fast enough for a test, and far below what two workers could do. */
const STARTS_PER_MINUTE = 300;

/** More than a test needs. */
const ACTIVITIES_PER_SECOND = 500;

/** Temporal's number for the type of a task queue. */
const ACTIVITY = 2;

/**
 * The server shares a limit out among the 4 partitions of a task queue, and each of them may be a second ahead: the most
 * that may start within a time. What a loaded machine moves about on the way to the emulator comes on top.
 */
const mostWithin = (seconds: number) => 4 * (1 + Math.floor((seconds + 1) / (240 / STARTS_PER_MINUTE)));
const SLACK = 4;

let connection: Connection;
let emulator: Emulator;
let workers: WorkerProcess[];
let taskQueue: string;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator({ flows: { flows: [FLOW] }, limits: { startsPerMinute: 1000 } });
  taskQueue = `limit-${randomUUID()}`;
  const environment = {
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    POWER_AUTOMATE_STARTS_PER_MINUTE: String(STARTS_PER_MINUTE),
    POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND: String(ACTIVITIES_PER_SECOND),
  };
  workers = await Promise.all([startWorker(environment), startWorker(environment)]);
});

afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.end('SIGTERM')));
  await emulator?.close();
  await connection?.close();
});

function start(connectionName: string, runPriority = 'normal') {
  const input = { flowId: FLOW.id, runMode: 'unattended', connectionName, runPriority };
  return new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [{ ...input, poll: { initialInterval: '200ms' } }],
    taskQueue,
    workflowId: randomUUID(),
  });
}

const startMany = (count: number, connectionName: string, runPriority?: string) =>
  Promise.all(Array.from({ length: count }, () => start(connectionName, runPriority)));

/** In the order in which Dataverse got them. */
function startsOf(connectionName: string): SeenSession[] {
  return emulator.seen.sessions
    .filter((session) => session.connection === connectionName)
    .toSorted((a, b) => a.createdOn - b.createdOn);
}

function mostInAnyWindow(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the worker', () => {
  const limitsOf = (name: string) =>
    connection.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name },
      taskQueueType: ACTIVITY,
      reportConfig: true,
    });

  it('limits starts by connection on a queue of their own, and other activities on its own where it is told to', async () => {
    const { config } = await limitsOf(`${taskQueue}-starts`);
    expect(config?.fairnessKeysRateLimitDefault?.rateLimit).toEqual({
      requestsPerSecond: STARTS_PER_MINUTE / 60,
    });
    await eventually(async () => {
      const { effectiveRateLimit } = await limitsOf(taskQueue);
      return effectiveRateLimit?.requestsPerSecond === ACTIVITIES_PER_SECOND;
    });
  });

  it('starts without a warning', () => {
    for (const worker of workers) expect(worker.log()).not.toContain('"level":"warn"');
  });
});

describe('starts of one connection', () => {
  it('keep to the limit over all workers, those of high priority first, and Dataverse refuses none', async () => {
    const connectionName = randomUUID();
    const normal = await startMany(32, connectionName);
    await eventually(() => startsOf(connectionName).length >= 4);
    const since = Date.now();
    const high = await startMany(8, connectionName, 'high');
    await Promise.all([...normal, ...high].map((handle) => handle.result()));

    const starts = startsOf(connectionName);
    const times = starts.map(({ createdOn }) => createdOn);
    expect(starts).toHaveLength(40);
    for (const seconds of [2, 4]) {
      expect(mostInAnyWindow(times, seconds * 1000)).toBeLessThanOrEqual(mostWithin(seconds) + SLACK);
    }
    expect(emulator.seen.refused.filter(({ status }) => status === 429)).toEqual([]);

    // Where each came among those that were started after the ones of high priority had been asked for.
    const waiting = starts.filter(({ createdOn }) => createdOn > since);
    const places = (priority: string) =>
      waiting.flatMap((session, place) => (session.priority === priority ? [place] : []));
    expect(places('high')).toHaveLength(8);
    expect(average(places('high'))).toBeLessThan(average(places('normal')));
  }, 60_000);

  it('do not hold up those of another, nor the looks at robots that are started', async () => {
    const [busy, other] = [randomUUID(), randomUUID()];
    const many = await startMany(120, busy);
    // Once those that wait are older than 5 seconds the server lets nothing past them, unless it is fair.
    await eventually(() => startsOf(busy).length >= 40);
    const few = await startMany(3, other);
    await Promise.all(few.map((handle) => handle.result()));
    expect(startsOf(other)).toHaveLength(3);
    expect(startsOf(busy).length).toBeLessThan(80);
    await Promise.all(many.map((handle) => handle.terminate().catch(() => undefined)));
  }, 60_000);

  it('are told by a hash, and not by name', async () => {
    const connectionName = `invoices-${randomUUID()}`;
    const handle = await start(connectionName, 'high');
    await handle.result();
    const { events } = await handle.fetchHistory();
    const [trigger] = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(trigger).toMatchObject({
      activityType: { name: 'triggerFlowRun' },
      taskQueue: { name: `${taskQueue}-starts` },
      priority: { priorityKey: 2, fairnessKey: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
  });

  it('are not limited any longer once the limit is taken away', async () => {
    const connectionName = randomUUID();
    await limitStarts(connection, { taskQueue, startsPerMinute: 0 });
    const handles = await startMany(40, connectionName);
    await Promise.all(handles.map((handle) => handle.result()));
    const times = startsOf(connectionName).map(({ createdOn }) => createdOn);
    expect(mostInAnyWindow(times, 4000)).toBeGreaterThan(mostWithin(4) + SLACK);
  }, 60_000);
});
