/** How many starts a process asks for: by itself, and of the real server. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { NativeConnection, Worker } from '@temporalio/worker';
import { type StartOfRobot, turnOf } from '../../src/activities/starts/start-turn';
import { WantedStarts, wantedStartsOf } from '../../src/activities/starts/wanted-starts';
import { startsQueueOf } from '../../src/common/start-priority';
import { StartsSlots, tunerOf } from '../../src/plugin/starts-slots';
import { createStartsWorker } from '../../src/plugin/starts-worker';
import { countPollers } from '../../src/temporal/pollers';
import { eventually, setUp } from '../helpers/harness';

const MOST = 4;
const LEAVES_FOR_MS = 700;
const LEAVES_AGAIN_AFTER_MS = 10_000;
const IS_MODEST_FOR_MS = 2_000;
const TELLS_WITHIN_MS = 250;

const never = new AbortController().signal;

/** Of which nothing is used. */
const CONTEXT = {
  slotType: 'activity',
  taskQueue: '',
  workerIdentity: '',
  workerBuildId: '',
  isSticky: false,
} as const;

interface Asked {
  permit?: object;
  failure?: unknown;
}

function reserve(slots: StartsSlots, signal = never): Asked {
  const asked: Asked = {};
  slots.reserveSlot(CONTEXT, signal).then(
    (permit) => Object.assign(asked, { permit }),
    (failure: unknown) => Object.assign(asked, { failure }),
  );
  return asked;
}

const reserveMany = (slots: StartsSlots, count: number) =>
  Array.from({ length: count }, () => reserve(slots));
const given = (asked: readonly Asked[]) => asked.filter(({ permit }) => permit !== undefined);
const permitOf = ({ permit = {} }: Asked) => ({ permit });

describe('the slots of a process', () => {
  let wanted: WantedStarts;
  let slots: StartsSlots;

  beforeEach(() => {
    jest.useFakeTimers();
    wanted = new WantedStarts();
    slots = new StartsSlots(MOST, wanted);
  });
  afterEach(() => jest.useRealTimers());

  it('are as many as it was given, with those that no start has come for yet', async () => {
    const asked = reserveMany(slots, MOST + 2);
    await jest.advanceTimersByTimeAsync(0);
    expect(given(asked)).toHaveLength(MOST);
    const [first = {}, second = {}] = asked;
    slots.markSlotUsed(permitOf(first));
    slots.releaseSlot(permitOf(first));
    slots.releaseSlot(permitOf(second));
    await jest.advanceTimersByTimeAsync(0);
    expect(given(asked)).toHaveLength(MOST + 2);
  });

  it('are asked for as far as there is room, and after two seconds as before', async () => {
    wanted.tell(2);
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - 1);
    expect(given(asked)).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(MOST);
  });

  it('are not asked for where there is room for none, then one by one', async () => {
    wanted.tell(0);
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(LEAVES_FOR_MS - 1);
    expect(given(asked)).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - LEAVES_FOR_MS - 1);
    expect(given(asked)).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(MOST);
  });

  it('count starts that have come and not told yet, for a moment', async () => {
    wanted.tell(3);
    const asked = reserveMany(slots, 2);
    await jest.advanceTimersByTimeAsync(0);
    for (const one of asked) slots.markSlotUsed(permitOf(one));
    asked.push(...reserveMany(slots, 2));
    await jest.advanceTimersByTimeAsync(0);
    expect(given(asked)).toHaveLength(3);
    wanted.tell(undefined);
    slots.markSlotUsed(permitOf(asked[2] as Asked));
    slots.releaseSlot(permitOf(asked[0] as Asked));
    await jest.advanceTimersByTimeAsync(0);
    expect(given(asked)).toHaveLength(4);
  });

  it('are not left to others because starts came long ago that had nothing to tell', async () => {
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(0);
    for (const one of asked) slots.markSlotUsed(permitOf(one));
    for (const one of asked.slice(1)) slots.releaseSlot(permitOf(one));
    await jest.advanceTimersByTimeAsync(TELLS_WITHIN_MS);
    wanted.tell(2);
    const later = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(0);
    expect(given(later)).toHaveLength(2);
  });

  it('are asked for as the connection allows that has too many, for as long as it does', async () => {
    for (const spare of [-1, -3]) wanted.tell(spare);
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - 1);
    wanted.tell(-1);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - 1);
    expect(given(asked)).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(MOST);
  });

  it('are asked for, one by one, though starts come that there is no room for anywhere', async () => {
    wanted.tell(0);
    await jest.advanceTimersByTimeAsync(LEAVES_FOR_MS);
    const asked = reserveMany(slots, 8);
    for (const [index, one] of asked.entries()) {
      await jest.advanceTimersByTimeAsync(0);
      expect(given(asked)).toHaveLength(index + 1);
      slots.markSlotUsed(permitOf(one));
      wanted.tell(0);
      slots.releaseSlot(permitOf(one));
    }
    await jest.advanceTimersByTimeAsync(LEAVES_AGAIN_AFTER_MS);
    wanted.tell(0);
    const later = reserve(slots);
    await jest.advanceTimersByTimeAsync(LEAVES_FOR_MS - 1);
    expect(later.permit).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(later.permit).toBeDefined();
  });

  it('are asked for as the fullest of the connections allows, for two seconds', async () => {
    wanted.tell(1);
    wanted.tell(3);
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - 1);
    wanted.tell(3);
    expect(given(asked)).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(MOST);
  });

  it('are not kept for a poll that is called off', async () => {
    const asked = reserveMany(slots, MOST);
    const off = new AbortController();
    const calledOff = reserve(slots, off.signal);
    const patient = reserve(slots);
    await jest.advanceTimersByTimeAsync(0);
    off.abort();
    slots.releaseSlot(permitOf(asked[0] as Asked));
    await jest.advanceTimersByTimeAsync(0);
    expect(calledOff).toEqual({ failure: off.signal.reason });
    expect(patient.permit).toBeDefined();
    const late = reserve(slots, AbortSignal.abort());
    await jest.advanceTimersByTimeAsync(0);
    expect(late.failure).toBeDefined();
  });
});

it('has the server give most starts to the process that has room', async () => {
  const COUNT = 60;
  const address = setUp('TEST_TEMPORAL_ADDRESS');
  const taskQueue = `slots-${randomUUID()}`;
  // One connection takes only one worker of a task queue.
  const connections = {
    full: await NativeConnection.connect({ address }),
    free: await NativeConnection.connect({ address }),
  };
  const wanted = new WantedStarts();
  // The start that comes to it tells that there is no room for another.
  const activities = {
    full: async () => {
      wanted.tell(0);
      return 'full';
    },
    free: async () => 'free',
  };
  const workers = await Promise.all(
    (['full', 'free'] as const).map((name) =>
      Worker.create({
        connection: connections[name],
        taskQueue,
        identity: name,
        activities: { whoIsGiven: activities[name] },
        tuner: tunerOf(new StartsSlots(100, name === 'full' ? wanted : new WantedStarts())),
      }),
    ),
  );
  const runs = Promise.all(workers.map((worker) => worker.run()));
  const client = new Client({ connection: await Connection.connect({ address }) });
  const ask = async (): Promise<unknown> => {
    const options = { id: randomUUID(), taskQueue, args: [], startToCloseTimeout: '1m' } as const;
    const handle = await client.activity.start('whoIsGiven', options);
    return handle.result();
  };
  try {
    const who = await Promise.all(Array.from({ length: COUNT }, ask));
    expect(who.filter((name) => name === 'full').length).toBeLessThanOrEqual(COUNT / 3);
    expect(who.filter((name) => name === 'free').length).toBeGreaterThanOrEqual((COUNT * 2) / 3);
  } finally {
    // Also while it holds back its polls.
    for (const worker of workers) worker.shutdown();
    await runs;
    for (const one of [client.connection, connections.full, connections.free]) await one.close();
  }
});

it('starts tell how many more have room, where another process has its share', async () => {
  const SHARE = 4;
  const queue = { namespace: 'default', taskQueue: `told-${randomUUID()}` };
  const connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  const client = new Client({ connection });
  const environment = new MockActivityEnvironment(queue, { client });
  const until = new AbortController();
  const polls = ['one', 'another'].map((identity) => {
    const request = { namespace: queue.namespace, taskQueue: { name: queue.taskQueue, kind: 1 }, identity };
    const poll = () => connection.workflowService.pollActivityTaskQueue(request);
    const long = () => connection.withDeadline(Date.now() + 60_000, poll);
    return connection.withAbortSignal(until.signal, long).catch(() => undefined);
  });
  await eventually(async () => (await countPollers(connection, queue)) === 2);
  const dataverse = { organization: 'https://example.crm.dynamics.com', findStartTimes: async () => [] };
  // By reference, because Dataverse does not tell which starts there were then: a new process waits for nothing.
  const start: StartOfRobot = {
    client: dataverse as never,
    connectionName: randomUUID(),
    connectionType: 'connectionReference',
    priority: 3,
    askedAt: undefined,
  };
  const take = () => environment.run(() => turnOf(start, 2 * SHARE));
  const wanted = wantedStartsOf(queue);
  // The first one asks nobody who else there is, and each tells what is known when it comes.
  await take();
  await take();
  expect(wanted.now.most).toBe(Number.POSITIVE_INFINITY);
  await take();
  expect(wanted.now.most).toBe(SHARE - 3);
  until.abort();
  await Promise.all(polls);
  await connection.close();
});

it('the worker of starts asks for no more than there is room for', async () => {
  const taskQueue = randomUUID();
  const connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  const nothing = async () => undefined;
  const main = await Worker.create({ connection, taskQueue, activities: { nothing } });
  const starts = await createStartsWorker(main, { triggerFlowRun: nothing });
  const { activityTaskSlotSupplier } = starts.options.tuner;
  wantedStartsOf({ namespace: main.options.namespace, taskQueue: startsQueueOf(taskQueue) }).tell(0);
  const asked = reserve(activityTaskSlotSupplier as StartsSlots);
  await Promise.all([main, starts].map((worker) => worker.runUntil(nothing)));
  await connection.close();
  expect(asked.permit).toBeUndefined();
});
