import { startEmulator } from '../../../src/testing/emulator';
import { call, json, requestToken, startWithClock, until } from './helpers';

async function throttled(response: Response) {
  const { error } = await json(response);
  return [response.status, response.headers.get('retry-after'), error.code, error.message];
}

test('the 6001st request within 300 seconds is refused until the window has moved on', async () => {
  const { emulator, pass } = await startWithClock({ limits: { requests: 2 } });
  await call(emulator, 'WhoAmI');
  pass(100_000);
  const response = await call(emulator, 'WhoAmI');
  expect(response.headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')).toBe('0');
  const text = 'Number of requests exceeded the limit of 2 over time window of 300 seconds.';
  expect(await throttled(await call(emulator, 'WhoAmI'))).toEqual([429, '300', '0x80072322', text]);
  expect(emulator.seen.refused).toMatchObject([{ kind: 'whoAmI', status: 429, code: '0x80072322' }]);
  pass(300_000);
  expect((await call(emulator, 'WhoAmI')).status).toBe(200);
  await emulator.close();
});

test('who goes on in spite of Retry-After does not get in any sooner', async () => {
  const { emulator, pass } = await startWithClock({ limits: { requests: 1 } });
  const waits: (string | null)[] = [];
  for (let i = 0; i < 3; i += 1) {
    waits.push((await call(emulator, 'WhoAmI')).headers.get('retry-after'));
    pass(10_000);
  }
  expect(waits).toEqual([null, '300', '300']);
  await emulator.close();
});

test('execution time is limited too, with the double blank of the original', async () => {
  const { emulator } = await startWithClock({ limits: { executionTimePerRequest: '11m' } });
  const response = await call(emulator, 'WhoAmI');
  expect(response.headers.get('x-ms-ratelimit-time-remaining-xrm-requests')).toBe('1,200.00');
  await response.text();
  await call(emulator, 'WhoAmI');
  expect(await throttled(await call(emulator, 'WhoAmI'))).toEqual([
    429,
    '300',
    '0x80072321',
    'Combined execution time of incoming requests exceeded limit of 1,200,000  milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.',
  ]);
  await emulator.close();
});

test('the 53rd request in flight is refused at once, and token requests do not count', async () => {
  const emulator = await startEmulator();
  emulator.inject({ on: 'whoAmI', kind: 'hang', times: 52 });
  const aborter = new AbortController();
  const hanging = Array.from({ length: 52 }, () =>
    call(emulator, 'WhoAmI', { signal: aborter.signal }).catch(() => 'aborted'),
  );
  await until(() => emulator.seen.counts.whoAmI === 52);
  expect((await requestToken(emulator)).status).toBe(200);
  const text = 'Number of concurrent requests exceeded the limit of 52.';
  expect(await throttled(await call(emulator, 'WhoAmI'))).toEqual([429, '1', '0x80072326', text]);
  aborter.abort();
  await Promise.all(hanging);
  let status = 429;
  while (status === 429) {
    ({ status } = await call(emulator, 'WhoAmI'));
  }
  expect(status).toBe(200);
  await emulator.close();
});
