/** Two worker processes start robots of one connection: at once while there are few, and never more than the limit. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { windowMaximum } from '../../bench/harness/statistics';
import { limitStarts } from '../../src/temporal/starts-limit';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { type Starts, startsOn } from '../helpers/starts';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

/** Few, so that a test meets the limit with few robots. */
const STARTS_PER_MINUTE = 12;
const MINUTE_MS = 60_000;

/** More than the share of one of the two workers: where one is given nearly all, some have to find the other. */
const BURST = 8;

/** By then a start that found no room in any process has been told to come again in its minute, however busy the machine. */
const PUT_OFF_WITHIN_MS = 60_000;

/** What a machine that is busy with other tests takes for a dozen robots; far below a minute. */
const AT_ONCE_MS = 25_000;

/** More than a test needs. */
const ACTIVITIES_PER_SECOND = 500;

/** Temporal's number for the type of a task queue. */
const ACTIVITY = 2;

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

let connection: Connection;
let emulator: Emulator;
let workers: WorkerProcess[];
let taskQueue: string;
let starts: Starts;

const describeQueue = (name: string) =>
  connection.workflowService.describeTaskQueue({
    namespace: 'default',
    taskQueue: { name },
    taskQueueType: ACTIVITY,
    reportConfig: true,
  });

/** As version 0.3.0 sets it: a start of each connection every four seconds. */
const setServersLimit = () =>
  connection.workflowService.updateTaskQueueConfig({
    namespace: 'default',
    taskQueue: `${taskQueue}-starts`,
    taskQueueType: ACTIVITY,
    updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: 0.25 }, reason: 'Of version 0.3.0' },
  });

const serversLimit = async () =>
  (await describeQueue(`${taskQueue}-starts`)).config?.fairnessKeysRateLimitDefault?.rateLimit;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  taskQueue = `limit-${randomUUID()}`;
  await setServersLimit();
  emulator = await startEmulator({ limits: { startsPerMinute: STARTS_PER_MINUTE } });
  const environment = {
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    POWER_AUTOMATE_STARTS_PER_MINUTE: String(STARTS_PER_MINUTE),
    POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND: String(ACTIVITIES_PER_SECOND),
  };
  workers = await Promise.all([startWorker(environment), startWorker(environment)]);
  starts = startsOn({ client: new Client({ connection }), emulator, taskQueue });
});

afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.end('SIGTERM')));
  await emulator?.close();
  await connection?.close();
});

describe('the worker', () => {
  it('takes away the limit that an older version has set on the server, and says nothing of it', async () => {
    expect(await serversLimit()).toBeFalsy();
    for (const worker of workers) expect(worker.log()).not.toContain('"level":"warn"');
  });

  it('limits other activities on its own task queue where it is told to', async () => {
    await eventually(async () => {
      const { effectiveRateLimit } = await describeQueue(taskQueue);
      return effectiveRateLimit?.requestsPerSecond === ACTIVITIES_PER_SECOND;
    });
  });
});

describe('starts of one connection', () => {
  it('do not wait for each other while they are fewer than the limit', async () => {
    const name = randomUUID();
    const askedAt = Date.now();
    const runs = await starts.ask(name, BURST);
    await Promise.all(runs.map((run) => run.result()));
    expect(starts.times(name)).toHaveLength(BURST);
    expect(Math.max(...starts.times(name)) - askedAt).toBeLessThan(AT_ONCE_MS);
  });

  it('of one robot cost nothing more: one activity, and one request', async () => {
    const name = randomUUID();
    const before = emulator.seen.requests.length;
    const [run] = await starts.ask(name, 1);
    await run?.result();
    const { events = [] } = (await run?.fetchHistory()) ?? {};
    expect(
      events?.filter(
        ({ activityTaskScheduledEventAttributes: one }) => one?.activityType?.name === 'triggerFlowRun',
      ),
    ).toHaveLength(1);
    expect(emulator.seen.requests.slice(before).filter(({ url }) => url.includes('connectionid'))).toEqual(
      [],
    );
  });

  itTakesLong(
    'keep to the limit over all workers, those of high priority first, hold up nobody else, and none is refused or lost',
    async () => {
      const [busy, other] = [randomUUID(), randomUUID()];
      const normal = await starts.ask(busy, STARTS_PER_MINUTE + 8);
      await eventually(() => starts.times(busy).length >= STARTS_PER_MINUTE - 4);
      const high = await starts.ask(busy, 6, 'high');

      const askedAt = Date.now();
      const few = await starts.ask(other, 3);
      await Promise.all(few.map((run) => run.result()));
      expect(Math.max(...starts.times(other)) - askedAt).toBeLessThan(AT_ONCE_MS);
      expect(starts.times(busy).length).toBeLessThanOrEqual(STARTS_PER_MINUTE);

      await Promise.all([...normal, ...high].map((run) => run.result()));
      expect(starts.times(busy)).toHaveLength(STARTS_PER_MINUTE + 14);
      expect(windowMaximum(starts.times(busy), MINUTE_MS)).toBeLessThanOrEqual(STARTS_PER_MINUTE);
      expect(emulator.seen.refused.filter(({ status }) => status === 429)).toEqual([]);
      const waited = starts.sessions(busy).slice(STARTS_PER_MINUTE);
      const places = (priority: string) =>
        waited.flatMap((session, place) => (session.priority === priority ? [place] : []));
      expect(average(places('high'))).toBeLessThan(average(places('normal')));
    },
    240_000,
  );

  it('that are too many end at once when they are cancelled, start nothing, and are no trouble of Dataverse', async () => {
    const name = randomUUID();
    const runs = await starts.ask(name, STARTS_PER_MINUTE + 2);
    await eventually(() => starts.times(name).length >= STARTS_PER_MINUTE - 4);
    const waiting = await eventually(async () => {
      const tried = await Promise.all(
        runs.map(async (run) => ({ run, failure: await starts.lastTriggerFailure(run) })),
      );
      const found = tried.filter(({ failure }) => (failure?.waitMs ?? 0) > AT_ONCE_MS);
      return found.length >= 2 && found.map(({ run }) => run);
    }, PUT_OFF_WITHIN_MS);
    for (const run of waiting)
      expect(await starts.lastTriggerFailure(run)).toMatchObject({
        type: 'DataverseThrottled',
        category: 'BENIGN',
      });
    for (const run of waiting) expect(await starts.details(run)).not.toContain('out of reach');
    const cancelledAt = Date.now();
    await Promise.all(waiting.map((run) => run.cancel()));
    for (const run of waiting)
      await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(Date.now() - cancelledAt).toBeLessThan(AT_ONCE_MS);
    expect(starts.times(name).length).toBeLessThanOrEqual(STARTS_PER_MINUTE + 2 - waiting.length);
  }, 120_000);

  it('go on as soon as Dataverse takes them again, where it has refused one because there were too many', async () => {
    const name = randomUUID();
    const retryAfterSeconds = 3;
    emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds });
    const [run] = await starts.ask(name, 1);
    await run?.result();
    const [refused] = emulator.seen.refused.filter(({ status }) => status === 429);
    const waitedMs = (starts.times(name)[0] ?? 0) - (refused?.at ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(retryAfterSeconds * 1000);
    expect(waitedMs).toBeLessThan(2 * retryAfterSeconds * 1000);
  });

  it('are told by a hash, and not by name', async () => {
    const name = `invoices-${randomUUID()}`;
    const [run] = await starts.ask(name, 1, 'high');
    await run?.result();
    const { events } = (await run?.fetchHistory()) ?? {};
    const [trigger] = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    expect(trigger).toMatchObject({
      activityType: { name: 'triggerFlowRun' },
      taskQueue: { name: `${taskQueue}-starts` },
      priority: { priorityKey: 2, fairnessKey: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
  });
});

describe('limitStarts', () => {
  it('takes away the limit of the server too', async () => {
    await setServersLimit();
    expect(await serversLimit()).toMatchObject({ requestsPerSecond: 0.25 });
    await limitStarts(connection, { taskQueue, startsPerMinute: 10 });
    expect(await serversLimit()).toBeFalsy();
  });
});
