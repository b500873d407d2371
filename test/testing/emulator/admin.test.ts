import { once } from 'node:events';
import { get } from 'node:http';
import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { ENTER, json, PAY, start, statusOf, trigger } from './helpers';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

function admin(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return fetch(`${emulator.url}/__emulator${path}`, { method, headers, body: JSON.stringify(body) });
}

test('health needs no token', async () => {
  expect(await json(admin('GET', '/health'))).toEqual({ status: 'ok' });
});

test('the state tells what was seen', async () => {
  const id = await start(emulator, { inputs: '{"InvoiceNumber":"R-1"}' });
  await trigger(emulator, { runMode: 'remote' }, PAY);
  const state = await json(admin('GET', '/state'));
  expect(state.counts).toMatchObject({ trigger: 2, status: 0 });
  expect(state.sessions).toMatchObject([
    { id, flowName: 'Enter invoice', inputs: '{"InvoiceNumber":"R-1"}', status: 'Running' },
  ]);
  expect(state.requests).toMatchObject([
    { kind: 'trigger', flowId: ENTER, sessionId: id, status: 200 },
    { flowId: PAY },
  ]);
  expect(state.refused).toMatchObject([{ kind: 'trigger', status: 400, code: '0x80040265' }]);
  expect(state.flows).toHaveLength(3);
});

test('the counts alone tell requests by kind, refusals by HTTP status and runs by status', async () => {
  await start(emulator);
  await trigger(emulator, { runMode: 'remote' }, PAY);
  expect(await json(admin('GET', '/counts'))).toMatchObject({
    counts: { trigger: 2, status: 0 },
    refusals: { 400: 1 },
    sessions: { Running: 1 },
  });
});

test('the sessions are told with their times', async () => {
  const id = await start(emulator);
  await admin('POST', `/sessions/${id}/status`, { status: 'Succeeded' });
  const [session] = await json(admin('GET', '/sessions'));
  expect(session).toMatchObject({ id, status: 'Succeeded' });
  expect(session.completedOn).toBeGreaterThanOrEqual(session.createdOn);
});

test('faults are asked for, alone or in a list, and cleared', async () => {
  const fault = { on: 'trigger', kind: 'status', httpStatus: 500 };
  expect((await admin('POST', '/faults', [fault, fault])).status).toBe(204);
  expect((await trigger(emulator)).status).toBe(500);
  expect((await json(admin('GET', '/state'))).faults).toHaveLength(1);
  expect((await admin('DELETE', '/faults')).status).toBe(204);
  expect((await trigger(emulator)).status).toBe(200);
});

test('flows are added', async () => {
  const id = 'A0000000-0000-4000-8000-000000000001';
  const response = await admin('POST', '/flows', { id, name: 'Added' });
  expect([response.status, await response.json()]).toEqual([201, { id: id.toLowerCase(), name: 'Added' }]);
  expect((await trigger(emulator, {}, id)).status).toBe(200);
});

test('a status is forced on a run', async () => {
  const id = await start(emulator);
  expect(
    (await admin('POST', `/sessions/${id}/status`, { status: 'Aborted', errorCode: 'SessionNotFound' }))
      .status,
  ).toBe(204);
  expect(await statusOf(emulator, id)).toBe(11);
  expect((await admin('POST', `/sessions/${ENTER}/status`, { status: 4 })).status).toBe(404);
});

test('reset forgets', async () => {
  await start(emulator);
  expect((await admin('POST', '/reset')).status).toBe(204);
  expect(emulator.seen.sessions).toEqual([]);
});

test.each([
  ['/faults', { on: 'trigger' }, /^The fault is not valid: kind: /],
  ['/flows', { id: 'x', name: 'X' }, /^The flow is not valid: id: must be a GUID/],
  [
    `/sessions/${ENTER}/status`,
    { status: 'Done' },
    /^The status is not valid: status: must be a status code/,
  ],
])('a wrong body for %s is 400 and says what is wrong', async (path, body, message) => {
  const response = await admin('POST', path, body);
  expect(response.status).toBe(400);
  expect((await json(response)).error).toMatch(message);
});

describe('a web page', () => {
  test('gets nothing by a request of another origin', async () => {
    const headers = { Origin: 'https://evil.example' };
    const answer = await fetch(`${emulator.url}/__emulator/reset`, { method: 'POST', headers });
    expect(answer.status).toBe(403);
  });

  test('gets nothing by a name of its own that leads to loopback', async () => {
    const { port } = new URL(emulator.url);
    const [answer] = await once(
      get({ port, host: '127.0.0.1', path: '/__emulator/state', headers: { Host: `evil.example:${port}` } }),
      'response',
    );
    answer.resume();
    expect(answer.statusCode).toBe(403);
  });

  test('finds no answer that it could show or run', async () => {
    const answer = await fetch(`${emulator.url}/__emulator/health`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('an address beyond loopback', () => {
  test.each(['0.0.0.0', '::', '', 'emulator', '192.0.2.1'])(
    'is refused unless it is allowed: %j',
    async (host) => {
      await expect(startEmulator({ host })).rejects.toThrow(/open to other machines.*allowRemote/);
    },
  );

  test.each(['localhost', '::1', '127.0.0.2'])('is not %s', async (host) => {
    const local = await startEmulator({ host });
    await local.close();
  });

  test('is listened on where it is allowed, and tells its own loopback URL', async () => {
    const open = await startEmulator({ host: '0.0.0.0', allowRemote: true });
    expect(open.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect((await fetch(`${open.url}/__emulator/health`)).status).toBe(200);
    await open.close();
  });
});
