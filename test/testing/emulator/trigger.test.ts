import type { Emulator } from '../../../src/testing/emulator';
import { startEmulator } from '../../../src/testing/emulator';
import { call, ENTER, json, minimal, PAY, start, trigger } from './helpers';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

async function refusal(body: object, flowId = ENTER) {
  const response = await trigger(emulator, body, flowId);
  const { error } = await json(response);
  return [response.status, error.code, error.message];
}

test('the answer spells flowsessionId with a capital I and carries a licence check', async () => {
  const response = await trigger(emulator);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    '@odata.context': `${emulator.url}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.RunDesktopFlowResponse`,
    flowsessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    licenseCheck: { code: 'ValidLicenseCoverage', message: 'Valid License Coverage' },
  });
});

test('optional parameters may be null', async () => {
  const response = await trigger(emulator, {
    runPriority: null,
    timeout: null,
    inputs: null,
    callbackUrl: null,
  });
  expect(response.status).toBe(200);
});

test('an unknown flow is 404 0x80040217 with the table and the id in the message', async () => {
  const id = '00000000-0000-4000-8000-000000000000';
  expect(await refusal({}, id)).toEqual([
    404,
    '0x80040217',
    `Entity 'workflow' With Id = ${id} Does Not Exist`,
  ]);
});

test('an id that is no GUID is 400', async () => {
  expect((await refusal({}, 'invoice'))[0]).toBe(400);
});

test.each([
  ['a missing run mode', { runMode: undefined }, "The parameter 'runMode' is required."],
  ['a missing connection', { connectionName: undefined }, "The parameter 'connectionName' is required."],
  ['an unknown run mode', { runMode: 'remote' }, /^runMode /],
  ['an unknown parameter', { runmode: 'attended' }, /runmode/],
  ['a connection type beside 1 and 2', { connectionType: 3 }, /^connectionType /],
  ['a timeout above 24 hours', { timeout: 86_401 }, /^timeout /],
  ['a timeout that is text', { timeout: '60' }, /^timeout /],
  ['inputs that are an object instead of its text', { inputs: { A: 1 } }, /^inputs /],
  ['inputs that are not JSON', { inputs: '{' }, 'The inputs are not the text of a JSON object.'],
  ['inputs that are a JSON list', { inputs: '[1]' }, 'The inputs are not the text of a JSON object.'],
])('%s is refused with 400', async (_case, body, message) => {
  const [status, code, text] = await refusal(body);
  expect([status, code]).toEqual([400, '0x80040265']);
  expect(text).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
});

test('inputs may have 2 MB in UTF-8 and not a byte more', async () => {
  const frame = JSON.stringify({ Texts: '' }).length;
  const fits = JSON.stringify({ Texts: 'ä'.repeat((2 * 1024 * 1024 - frame) / 2) });
  expect((await trigger(emulator, { inputs: fits })).status).toBe(200);
  expect(await refusal({ inputs: fits.replace('ä', 'äx') })).toEqual([
    400,
    '0x80040265',
    'The inputs are larger than 2097152 bytes.',
  ]);
});

test('a body without Content-Type application/json is refused', async () => {
  const path = `workflows(${ENTER})/Microsoft.Dynamics.CRM.RunDesktopFlow`;
  const response = await call(emulator, path, { method: 'POST', body: JSON.stringify(minimal) });
  expect(response.status).toBe(415);
});

test('a body that is not JSON is 400', async () => {
  const path = `workflows(${ENTER})/Microsoft.Dynamics.CRM.RunDesktopFlow`;
  const headers = { 'Content-Type': 'application/json' };
  expect((await call(emulator, path, { method: 'POST', headers, body: '{' })).status).toBe(400);
});

test('the action needs its namespace', async () => {
  const response = await call(emulator, `workflows(${ENTER})/RunDesktopFlow`, { method: 'POST' });
  expect(response.status).toBe(404);
});

test('a draft and a suspended flow do not start', async () => {
  const draft = 'd0000000-0000-4000-8000-000000000001';
  const suspended = 'd0000000-0000-4000-8000-000000000002';
  emulator.addFlow({ id: draft, name: 'Draft', published: false });
  emulator.addFlow({ id: suspended, name: 'Suspended', suspended: true });
  expect((await refusal({}, draft))[0]).toBe(404);
  expect((await refusal({}, suspended))[0]).toBe(400);
});

test('the 71st start of a minute on one connection is throttled, another connection is not', async () => {
  for (let i = 0; i < 70; i += 1) {
    await start(emulator, { connectionName: 'busy' }, PAY);
  }
  const response = await trigger(emulator, { connectionName: 'busy' }, PAY);
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('60');
  expect((await json(response)).error.code).toBe('DesktopFlowsActionThrottled');
  expect((await trigger(emulator, { connectionName: 'calm' }, PAY)).status).toBe(200);
});

test('what is not documented can be answered as one likes', async () => {
  const own = await startEmulator({
    answers: { missingParameter: { status: 422, code: 'own', message: 'Own text' } },
  });
  const response = await trigger(own, { runMode: undefined });
  expect([response.status, await response.json()]).toEqual([
    422,
    { error: { code: 'own', message: 'Own text' } },
  ]);
  await own.close();
});

test('inputs are checked against the schema only where that is asked for', async () => {
  const strict = await startEmulator({ checkInputs: true });
  const attempt = async (inputs: object) => {
    const response = await trigger(strict, { inputs: JSON.stringify(inputs) });
    return [response.status, (await json(response)).error?.message];
  };
  expect(await attempt({ InvoiceNumber: 'R-1', Amount: 12.5 })).toEqual([200, undefined]);
  expect(await attempt({ Invoice: 'R-1' })).toEqual([400, "The flow has no input 'Invoice'."]);
  expect(await attempt({ Amount: '12.5' })).toEqual([400, "The input 'Amount' must be a number."]);
  await strict.close();
});

test('with machines in the flows file an unknown connection is refused and a reference is resolved', async () => {
  const flows = {
    flows: [{ id: ENTER, name: 'Enter invoice' }],
    machines: [{ name: 'RPA-01', connections: ['shared-connection'] }],
    connectionReferences: { tpa_shared: 'shared-connection' },
  };
  const closed = await startEmulator({ flows });
  expect((await trigger(closed, { connectionName: 'other' })).status).toBe(400);
  expect((await trigger(closed, { connectionName: 'tpa_shared' })).status).toBe(400);
  const id = await start(closed, { connectionName: 'tpa_shared', connectionType: 2 });
  expect(closed.seen.sessions).toMatchObject([{ id, connection: 'shared-connection' }]);
  await closed.close();
});

describe('callback URLs', () => {
  const wrong = [
    ['http on a public name', 'http://callback.example.com/'],
    ['no URL', 'callback'],
    ['more than 2000 characters', `https://callback.example.com/${'x'.repeat(2000)}`],
  ];
  const local = [
    ['a loopback name', 'https://localhost/'],
    ['a loopback address', 'http://127.0.0.1:8080/'],
    ['an IPv6 address', 'https://[2001:db8::1]/'],
    ['an IP address', 'https://10.1.2.3/'],
    ['a one-word name', 'http://callback:8080/'],
  ];

  test.each(wrong)('%s is refused', async (_case, callbackUrl) => {
    expect((await refusal({ callbackUrl }))[2]).toMatch(/^The callback URL is not valid: /);
  });

  test.each(local)(
    '%s is taken for development, and refused as by the real service',
    async (_case, callbackUrl) => {
      const strict = await startEmulator({ allowLoopbackCallbacks: false });
      expect((await trigger(emulator, { callbackUrl })).status).toBe(200);
      expect((await trigger(strict, { callbackUrl })).status).toBe(400);
      await strict.close();
    },
  );
});
