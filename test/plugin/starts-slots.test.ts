/** How many starts a process asks for: by itself, and of the real server. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { WantedStarts } from '../../src/activities/starts/wanted-starts';
import { StartsSlots, tunerOf } from '../../src/plugin/starts-slots';
import { setUp } from '../helpers/harness';

const MOST = 4;
const LEAVES_FOR_MS = 700;
const LEAVES_AGAIN_AFTER_MS = 10_000;
const IS_MODEST_FOR_MS = 2_000;

const never = new AbortController().signal;

interface Asked {
  permit?: object;
  failure?: unknown;
}

function reserve(slots: StartsSlots, signal = never): Asked {
  const asked: Asked = {};
  slots.reserveSlot(undefined, signal).then(
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

  it('are asked for as far as there is room, then not at all, then one by one, and after two seconds as before', async () => {
    wanted.tell(1);
    const asked = reserveMany(slots, 4);
    await jest.advanceTimersByTimeAsync(0);
    expect(given(asked)).toHaveLength(1);
    // The start that comes has the room.
    slots.markSlotUsed(permitOf(asked[0] as Asked));
    await jest.advanceTimersByTimeAsync(LEAVES_FOR_MS - 1);
    expect(given(asked)).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(IS_MODEST_FOR_MS - LEAVES_FOR_MS - 1);
    expect(given(asked)).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(given(asked)).toHaveLength(4);
  });

  it('are asked for, one by one, though starts come that there is no room for anywhere', async () => {
    wanted.tell(0);
    await jest.advanceTimersByTimeAsync(LEAVES_FOR_MS);
    for (const one of Array.from({ length: 8 }, () => reserve(slots))) {
      await jest.advanceTimersByTimeAsync(0);
      expect(one.permit).toBeDefined();
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

  it('are not left to others for starts that have ended without telling', async () => {
    const asked = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(0);
    for (const one of asked) {
      slots.markSlotUsed(permitOf(one));
      slots.releaseSlot(permitOf(one));
    }
    wanted.tell(2);
    const later = reserveMany(slots, MOST);
    await jest.advanceTimersByTimeAsync(0);
    expect(given(later)).toHaveLength(2);
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
  const who = await Promise.all(
    Array.from({ length: COUNT }, async () => {
      const options = { id: randomUUID(), taskQueue, args: [], startToCloseTimeout: '1m' } as const;
      const handle = await client.activity.start('whoIsGiven', options);
      return handle.result();
    }),
  );
  for (const worker of workers) worker.shutdown();
  await runs;
  for (const one of [client.connection, connections.full, connections.free]) await one.close();
  expect(who).toHaveLength(COUNT);
  expect(who.filter((name) => name === 'full').length).toBeLessThanOrEqual(COUNT / 3);
});
