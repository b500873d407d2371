import { type Emulator, type Fault, startEmulator } from '../../../src/testing/emulator';
import {
  call,
  cancel,
  ENTER,
  idsFor,
  json,
  PAY,
  requestToken,
  start,
  startWithClock,
  statusOf,
  trigger,
  until,
} from './helpers';

let emulator: Emulator;
let pass: (ms: number) => void;
beforeEach(async () => {
  ({ emulator, pass } = await startWithClock());
});
afterEach(() => emulator.close());

test.each([
  ['lostAnswer', 1],
  ['lostRequest', 0],
  ['reset', 0],
] as const)('%s: the connection breaks and %i runs were started', async (kind, runs) => {
  emulator.inject({ on: 'trigger', kind });
  await expect(trigger(emulator)).rejects.toThrow('fetch failed');
  expect(emulator.seen.sessions).toHaveLength(runs);
  expect(emulator.seen.requests).toMatchObject([{ kind: 'trigger', flowId: ENTER, faults: [kind] }]);
  expect(emulator.seen.requests[0]?.sessionId).toBe(emulator.seen.sessions[0]?.id);
  expect(emulator.seen.requests[0]?.status).toBeUndefined();
  expect((await trigger(emulator)).status).toBe(200);
});

test('a reset connection may have carried the request out', async () => {
  emulator.inject({ on: 'trigger', kind: 'reset', executed: true });
  await expect(trigger(emulator)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  expect(emulator.seen.sessions).toHaveLength(1);
});

test.each([
  [undefined, 1],
  [false, 0],
])(
  'an answer that never comes (executed: %s) does not keep the emulator from closing',
  async (executed, runs) => {
    emulator.inject({ on: 'trigger', kind: 'hang', executed });
    const answer = trigger(emulator).catch((error: Error) => error.message);
    await until(() => emulator.seen.counts.trigger === 1);
    expect(emulator.seen.sessions).toHaveLength(runs);
    await emulator.close();
    expect(await answer).toBe('fetch failed');
  },
);

test('a throttled request is not carried out and tells when to come back', async () => {
  emulator.inject({ on: 'any', kind: 'throttle', retryAfterSeconds: 7 });
  emulator.inject({ on: 'any', kind: 'throttle', retryAfterSeconds: null, limit: 'concurrency' });
  const responses = [await trigger(emulator), await trigger(emulator)];
  expect(responses.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
    [429, '7'],
    [429, null],
  ]);
  expect((await json(responses[1] as Response)).error.code).toBe('0x80072326');
  expect(emulator.seen.sessions).toEqual([]);
});

test('403 has the code of the one documented error, its message starting with a blank', async () => {
  const id = await start(emulator);
  emulator.inject({ on: 'status', kind: 'status', httpStatus: 403 });
  const { error } = await json(call(emulator, `flowsessions(${id})`));
  expect(error.code).toBe('0x80040220');
  expect(error.message).toMatch(
    /^ Principal user \(Id=[\w-]+, type=8\) is missing prvReadflowsession privilege/,
  );
});

test('401 has a challenge and no body, 500 and 404 their codes, 503 nothing but what was asked for', async () => {
  const answers: unknown[] = [];
  for (const httpStatus of [401, 500, 404, 503]) {
    emulator.inject({ on: 'whoAmI', kind: 'status', httpStatus, retryAfterSeconds: 3 });
    const response = await call(emulator, 'WhoAmI');
    const text = await response.text();
    expect(response.headers.get('retry-after')).toBe('3');
    answers.push([
      response.status,
      response.headers.has('www-authenticate'),
      text && JSON.parse(text).error.code,
    ]);
  }
  expect(answers).toEqual([
    [401, true, ''],
    [500, false, '0x80040216'],
    [404, false, '0x80040217'],
    [503, false, ''],
  ]);
});

test("a status may come with a code and a message or with a body of one's own, after the request was carried out", async () => {
  emulator.inject({
    on: 'trigger',
    kind: 'status',
    httpStatus: 403,
    code: '0x80072560',
    message: 'Not a member.',
  });
  emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 500, body: 'Oops', executed: true });
  expect(await json(trigger(emulator))).toEqual({ error: { code: '0x80072560', message: 'Not a member.' } });
  expect(emulator.seen.sessions).toHaveLength(0);
  expect(await (await trigger(emulator)).text()).toBe('Oops');
  expect(emulator.seen.sessions).toHaveLength(1);
});

test('at the token endpoint a status has the shape of that endpoint', async () => {
  emulator.inject({ on: 'token', kind: 'status', httpStatus: 500 });
  const response = await requestToken(emulator);
  expect([response.status, (await json(response)).error]).toEqual([500, 'temporarily_unavailable']);
});

test('a gateway answers with an HTML page', async () => {
  emulator.inject({ on: 'whoAmI', kind: 'html' });
  const response = await call(emulator, 'WhoAmI');
  expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html']);
  expect(await response.text()).toContain('<h1>502 Bad Gateway</h1>');
});

test('a delayed request is carried out later, also when nobody waits for it any more', async () => {
  emulator.inject({ on: 'trigger', kind: 'delay', duration: 30 });
  const aborter = new AbortController();
  const path = `workflows(${ENTER})/Microsoft.Dynamics.CRM.RunDesktopFlow`;
  const answer = call(emulator, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"runMode":"attended","connectionName":"shared-connection"}',
    signal: aborter.signal,
  });
  await until(() => emulator.seen.counts.trigger === 1);
  expect(emulator.seen.sessions).toEqual([]);
  aborter.abort();
  await expect(answer).rejects.toThrow();
  await until(() => emulator.seen.sessions.length === 1);
});

test('a delayed answer was carried out before', async () => {
  emulator.inject({ on: 'trigger', kind: 'delay', duration: 30, executed: true });
  const answer = trigger(emulator);
  await until(() => emulator.seen.sessions.length === 1);
  expect(emulator.seen.requests[0]?.status).toBeUndefined();
  expect((await answer).status).toBe(200);
});

test('a lost answer and a row that is visible late meet in one request', async () => {
  emulator.inject({ on: 'trigger', kind: 'lostAnswer' });
  emulator.inject({ on: 'trigger', kind: 'invisible', duration: '5s' });
  await expect(trigger(emulator)).rejects.toThrow();
  expect(await idsFor(emulator, {})).toEqual([]);
  pass(5000);
  expect(await idsFor(emulator, {})).toHaveLength(1);
});

test('a doubled trigger starts two robots, a doubled row is listed twice', async () => {
  emulator.inject({ on: 'trigger', kind: 'duplicate' });
  const id = await start(emulator);
  expect(await idsFor(emulator, {})).toHaveLength(2);
  emulator.inject({ on: 'query', kind: 'duplicate' });
  expect(await idsFor(emulator, { $filter: `flowsessionid eq ${id}` })).toEqual([id, id]);
});

test('the row of a doubled robot may become visible later than its own', async () => {
  emulator.inject({ on: 'trigger', kind: 'duplicate', lag: '3s' });
  const id = await start(emulator);
  expect(await idsFor(emulator, {})).toEqual([id]);
  pass(3000);
  expect(await idsFor(emulator, {})).toHaveLength(2);
});

test('ids come in upper case and under the other spelling', async () => {
  for (const on of ['trigger', 'status', 'query'] as const) {
    emulator.inject({ on, kind: 'wrongCase' });
  }
  const { flowsessionid: id } = await json(trigger(emulator));
  expect(id).toBe(emulator.seen.sessions[0]?.id.toUpperCase());
  expect((await json(call(emulator, `flowsessions(${id})`))).flowsessionId).toBe(id);
  expect((await json(call(emulator, 'flowsessions'))).value).toMatchObject([{ flowsessionId: id }]);
});

test('a failed licence check stands inside the 200 and the run may start or not', async () => {
  emulator.inject({ on: 'trigger', kind: 'license', code: 'LicensingCheckFailed' });
  emulator.inject({ on: 'trigger', kind: 'license', code: 'UnattendedNoAddon', blocks: true });
  expect((await json(trigger(emulator))).licenseCheck).toEqual({
    code: 'LicensingCheckFailed',
    message: 'Unable to perform licensing checks for this Desktop Flow',
  });
  expect((await json(trigger(emulator))).licenseCheck.code).toBe('UnattendedNoAddon');
  expect(emulator.seen.sessions).toMatchObject([
    { status: 'Running' },
    { status: 'Skipped', errorCode: 'UnattendedNoAddon' },
  ]);
});

test('the next run ends by name or by a number that nobody knows', async () => {
  emulator.inject({ on: 'run', kind: 'ends', flowId: PAY, status: 'Deleted', duration: 0 });
  emulator.inject({ on: 'run', kind: 'ends', status: 'Aborted', errorCode: 'SessionNotFound', duration: 0 });
  emulator.inject({ on: 'run', kind: 'ends', status: 42, duration: 0 });
  const ids = [await start(emulator), await start(emulator, { connectionName: 'b' })];
  expect(await Promise.all(ids.map((id) => statusOf(emulator, id)))).toEqual([11, 42]);
  expect(emulator.seen.sessions[0]?.errorCode).toBe('SessionNotFound');
});

test('faults wait for their turn, for their flow and for their run', async () => {
  const [one, two] = [await start(emulator), await start(emulator)];
  emulator.inject({ on: 'status', kind: 'status', httpStatus: 500, sessionId: two.toUpperCase() });
  emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 500, flowId: PAY, after: 1, times: 2 });
  const statuses: number[] = [];
  for (const request of [
    () => call(emulator, `flowsessions(${one})`),
    () => call(emulator, `flowsessions(${two})`),
    () => trigger(emulator),
    () => trigger(emulator, {}, PAY),
    () => trigger(emulator, {}, PAY),
    () => trigger(emulator, {}, PAY),
    () => trigger(emulator, {}, PAY),
  ]) {
    statuses.push((await request()).status);
  }
  expect(statuses).toEqual([200, 500, 200, 200, 500, 500, 200]);
});

test('a fault can last until it is cleared', async () => {
  emulator.inject({ on: 'cancel', kind: 'status', httpStatus: 500, times: 'always' });
  const id = await start(emulator);
  expect([(await cancel(emulator, id)).status, (await cancel(emulator, id)).status]).toEqual([500, 500]);
  emulator.clearFaults();
  expect((await cancel(emulator, id)).status).toBe(204);
});

test.each([
  [{ on: 'trigger', kind: 'explode' }, /^The fault is not valid: kind: /],
  [{ on: 'moon', kind: 'hang' }, /^The fault is not valid: on: /],
  [{ on: 'run', kind: 'ends', status: 'Done' }, /status: must be a status code or one of NotSpecified/],
  [{ on: 'trigger', kind: 'delay', duration: 'soon' }, /duration: must be a duration such as '2s'/],
  [{ on: 'trigger', kind: 'hang', tiems: 2 }, /tiems/],
])('the fault %j is refused', (fault, message) => {
  expect(() => emulator.inject(fault as Fault)).toThrow(message);
});

test('reset forgets runs, faults, added flows and what was seen', async () => {
  const own = await startEmulator();
  const added = 'a0000000-0000-4000-8000-000000000001';
  own.addFlow({ id: added, name: 'Added' });
  await start(own, {}, added);
  own.inject({ on: 'trigger', kind: 'hang', times: 'always' });
  own.reset();
  expect([own.seen.requests, own.seen.sessions, own.seen.counts.trigger]).toEqual([[], [], 0]);
  expect((await trigger(own, {}, added)).status).toBe(404);
  await own.close();
});
