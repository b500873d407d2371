import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { call, json, requestToken, startWithClock } from './helpers';

let emulator: Emulator;
let pass: (ms: number) => void;
beforeAll(async () => {
  ({ emulator, pass } = await startWithClock({ tokenLifetimeSeconds: 600 }));
});
afterAll(() => emulator.close());

const whoAmI = (token: string) => call(emulator, 'WhoAmI', { headers: { Authorization: `Bearer ${token}` } });

test('a token is issued for the client credentials and works until it expires', async () => {
  const response = await requestToken(emulator);
  const { access_token, ...rest } = await json(response);
  expect([response.status, rest]).toEqual([
    200,
    { token_type: 'Bearer', expires_in: 600, ext_expires_in: 600 },
  ]);
  expect((await whoAmI(access_token)).status).toBe(200);
  pass(600_000);
  expect((await whoAmI(access_token)).status).toBe(401);
});

test('revoked tokens stop working, the static one does not', async () => {
  const { access_token } = await json(requestToken(emulator));
  emulator.revokeTokens();
  expect((await whoAmI(access_token)).status).toBe(401);
  expect((await whoAmI(emulator.bearerToken)).status).toBe(200);
});

test.each([undefined, 'Bearer', 'Bearer wrong', 'Basic eDp5'])(
  'with authorization %s the answer is 401 without a body and says where tokens come from',
  async (authorization) => {
    const headers: Record<string, string> =
      authorization === undefined ? {} : { Authorization: authorization };
    const response = await fetch(`${emulator.url}/api/data/v9.2/WhoAmI`, { headers });
    expect([response.status, await response.text()]).toEqual([401, '']);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri=${emulator.url}/emulator.onmicrosoft.com/oauth2/authorize, resource_id=${emulator.url}/`,
    );
  },
);

test('client id and secret may come as HTTP Basic', async () => {
  const response = await fetch(emulator.tokenEndpoint, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`${emulator.clientId}:${emulator.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: `${emulator.url}//.default` }),
  });
  expect(response.status).toBe(200);
});

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
  ['an unknown client', { client_id: 'other' }, 400, 'unauthorized_client', 700016],
  ['no client', { client_id: undefined }, 400, 'invalid_request', 900144],
  ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ['no grant', { grant_type: undefined }, 400, 'invalid_request', 900144],
  ['no scope', { scope: undefined }, 400, 'invalid_request', 900144],
  ['a scope without .default', { scope: 'user.read' }, 400, 'invalid_scope', 70011],
  [
    'a scope of another resource',
    { scope: 'https://other.crm4.dynamics.com/.default' },
    400,
    'invalid_resource',
    500011,
  ],
])('%s is refused in the shape of the real endpoint', async (_case, fields, status, error, number) => {
  const response = await requestToken(emulator, fields);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({
    error,
    error_description: expect.stringMatching(
      new RegExp(
        `^AADSTS${number}: .+\r\nTrace ID: .+\r\nCorrelation ID: .+\r\nTimestamp: 2026-03-02 \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    ),
    error_codes: [number],
    timestamp: expect.stringMatching(/^2026-03-02 \d\d:\d\d:\d\dZ$/),
    trace_id: expect.any(String),
    correlation_id: expect.any(String),
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  });
});

test.each([
  ['common', 9001023],
  ['consumers', 9001023],
  ['other.onmicrosoft.com', 90002],
])('tenant %s is refused', async (tenant, number) => {
  const response = await fetch(`${emulator.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: '' });
  expect([response.status, (await json(response)).error_codes]).toEqual([400, [number]]);
});

test.each([
  ['expiredSecret', 401, 'invalid_client', 7000222],
  ['appDisabled', 400, 'unauthorized_client', 7000112],
  ['conditionalAccess', 400, 'access_denied', 53003],
  ['busy', 503, 'temporarily_unavailable', 90033],
] as const)('the refusal %s can be asked for', async (situation, status, error, number) => {
  emulator.inject({ on: 'token', kind: 'tokenError', situation });
  const response = await requestToken(emulator);
  expect([response.status, await response.json()]).toEqual([
    status,
    expect.objectContaining({ error, error_codes: [number] }),
  ]);
});

test('too many token requests are answered in plain text with Retry-After 60', async () => {
  emulator.inject({ on: 'token', kind: 'throttle' });
  const response = await requestToken(emulator);
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
  expect([response.headers.get('content-type'), await response.text()]).toEqual([
    'text/plain',
    'Too Many Requests',
  ]);
});

test('credentials are random at every start and never shown', async () => {
  const other = await startEmulator();
  expect(other.clientSecret).not.toBe(emulator.clientSecret);
  const { access_token } = await json(requestToken(other));
  const state = await (await fetch(`${other.url}/__emulator/state`)).text();
  for (const secret of [other.clientSecret, other.bearerToken, access_token]) {
    expect(state).not.toContain(secret);
  }
  expect(other.seen.tokenRequests).toMatchObject([{ kind: 'token', status: 200 }]);
  await other.close();
});
