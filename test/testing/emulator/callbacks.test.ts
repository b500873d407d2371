import { type EmulatorOptions, startEmulator } from '../../../src/testing/emulator';
import { cancel, ENTER, start, startReceiver, startWithClock, until } from './helpers';

const flows = { flows: [{ id: ENTER, name: 'Robot', duration: '10s' }] };

async function withReceiver(
  statuses: number[],
  options: EmulatorOptions,
  body: (
    world: Awaited<ReturnType<typeof startWithClock>> & Awaited<ReturnType<typeof startReceiver>>,
  ) => Promise<void>,
) {
  const receiver = await startReceiver(...statuses);
  const world = await startWithClock({ flows, ...options });
  try {
    await body({ ...receiver, ...world });
  } finally {
    await world.emulator.close();
    await receiver.close();
  }
}

test('a callback is sent when the run ends, with the headers and the body of the service', () =>
  withReceiver([200], {}, async ({ emulator, pass, url, received }) => {
    const id = await start(emulator, { callbackUrl: url });
    pass(9999);
    expect(emulator.seen.callbacks).toEqual([]);
    pass(1);
    await until(() => emulator.seen.callbacks[0]?.status === 200);
    expect(received[0]?.headers).toMatchObject({
      'user-agent': 'EnterpriseConnectors/1.0',
      'content-type': 'application/json; charset=utf-8',
      'x-ms-workflow-id': ENTER,
      'x-ms-run-id': id,
    });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      statuscode: 4,
      statecode: 0,
      startedon: '2026-03-02T08:00:00Z',
      completedon: '2026-03-02T08:00:10Z',
      flowsessionid: id,
    });
  }));

test.each([500, 503, 408])('a receiver that answers %i is tried four times, one second apart', (status) =>
  withReceiver([status], {}, async ({ emulator, pass, url, received }) => {
    await start(emulator, { callbackUrl: url });
    pass(10_000);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await until(() => emulator.seen.callbacks[attempt - 1]?.status === status);
      pass(999);
      expect(emulator.seen.callbacks).toHaveLength(attempt);
      pass(1);
    }
    expect(received).toHaveLength(4);
    expect(emulator.seen.callbacks.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  }),
);

test.each([200, 302, 400, 429])('a receiver that answers %i is not tried again', (status) =>
  withReceiver([status], {}, async ({ emulator, pass, url }) => {
    await start(emulator, { callbackUrl: url });
    pass(10_000);
    await until(() => emulator.seen.callbacks[0]?.status === status);
    pass(60_000);
    expect(emulator.seen.callbacks).toHaveLength(1);
  }),
);

test('a receiver that is out of reach is not tried again', () =>
  withReceiver([200], {}, async ({ emulator, pass, url, close }) => {
    await close();
    await start(emulator, { callbackUrl: url });
    pass(10_000);
    await until(() => emulator.seen.callbacks[0]?.error !== undefined);
    pass(60_000);
    expect(emulator.seen.callbacks).toMatchObject([{ error: expect.stringContaining('ECONNREFUSED') }]);
  }));

test('which ends are called back can be set', () =>
  withReceiver(
    [200],
    { callbackStatuses: ['Succeeded'], cancelDelay: 0 },
    async ({ emulator, pass, url, received }) => {
      await cancel(emulator, await start(emulator, { callbackUrl: url }));
      const id = await start(emulator, { callbackUrl: url });
      pass(10_000);
      await until(() => received.length === 1);
      expect(received[0]?.headers['x-ms-run-id']).toBe(id);
      expect(emulator.seen.sessions.map(({ status }) => status)).toEqual(['Cancelled', 'Succeeded']);
    },
  ));

test('a callback can be lost, doubled and late', () =>
  withReceiver([200], {}, async ({ emulator, pass, url, received }) => {
    emulator.inject({ on: 'callback', kind: 'lostRequest' });
    emulator.inject({ on: 'callback', kind: 'duplicate', after: 1 });
    emulator.inject({ on: 'callback', kind: 'delay', duration: '5s', after: 1 });
    await start(emulator, { callbackUrl: url });
    pass(10_000);
    const id = await start(emulator, { callbackUrl: url });
    pass(14_999);
    expect(emulator.seen.callbacks).toEqual([]);
    pass(1);
    await until(() => received.length === 2);
    expect(received.map(({ headers }) => headers['x-ms-run-id'])).toEqual([id, id]);
  }));

test('with the real clock callbacks leave without a request', async () => {
  const receiver = await startReceiver(200);
  const emulator = await startEmulator({ flows: { flows: [{ id: ENTER, name: 'Robot', duration: 1 }] } });
  await start(emulator, { callbackUrl: receiver.url });
  await until(() => receiver.received.length === 1);
  await emulator.close();
  await receiver.close();
});
