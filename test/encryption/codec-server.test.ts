/** `desktop-flow codec-server` as Temporal's web UI asks it. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { readCodecServerConfig } from '../../src/config/codec-server';
import { ConfigError } from '../../src/config/config';
import { readPayloadSettings } from '../../src/config/payloads';
import { dataConverterOf } from '../../src/temporal/data-converter';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { type RunningProcess, runProgram, startProgram } from '../helpers/built-process';

const ORIGIN = 'https://temporal.example';
const TOKEN = 'a-token-that-all-share';
const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const CLI = { file: 'cli/main.js', args: ['codec-server'] };

const [codec] =
  dataConverterOf(readPayloadSettings((name) => ({ PAYLOAD_ENCRYPTION_KEYS: KEYS })[name], []))
    .payloadCodecs ?? [];

interface JsonPayload {
  metadata: Record<string, string>;
  data?: string;
}

const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

const textOf = (base64 = '') => Buffer.from(base64, 'base64').toString();

let server: RunningProcess;
let url: string;
let issuer: Server;
let issuerUrl: string;
let sign: (claims: object, audience?: string, expires?: string) => Promise<string>;
let sealed: JsonPayload;

beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  issuer = createServer((_request, response) => response.end(JSON.stringify(jwks)));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  sign = (claims, audience = 'temporal-ui', expires = '5m') =>
    new SignJWT({ iss: issuerUrl, sub: 'ada@example.com', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(privateKey);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = await startProgram(
    CLI,
    {
      PAYLOAD_ENCRYPTION_KEYS: KEYS,
      CODEC_SERVER_PORT: String(port),
      CODEC_SERVER_ORIGINS: `${ORIGIN},http://localhost:8233`,
      CODEC_SERVER_TOKEN: TOKEN,
      CODEC_SERVER_ISSUER: issuerUrl,
      CODEC_SERVER_AUDIENCE: 'temporal-ui',
      CODEC_SERVER_JWKS_URL: `${issuerUrl}/keys`,
    },
    'The codec server is ready',
  );
  const context = { type: 'workflow', namespace: 'default', workflowId: 'run-1' } as const;
  const clear = defaultPayloadConverter.toPayload({ account: 'the-clear-account' });
  const [payload] = (await codec?.encode([clear], context)) ?? [];
  sealed = toJson(payload as Payload);
}, 60_000);

afterAll(async () => {
  await server.end('SIGTERM');
  issuer.close();
});

function ask(path: string, payloads: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-namespace': 'default',
      origin: ORIGIN,
      authorization: `Bearer ${TOKEN}`,
      ...headers,
    },
    body: JSON.stringify({ payloads }),
  });
}

it('decodes for a page of an origin that is named, and leaves clear text as it is', async () => {
  const clear = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'MQ==' };
  const answer = await ask('/decode', [sealed, clear]);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const { payloads } = (await answer.json()) as { payloads: JsonPayload[] };
  expect(JSON.parse(textOf(payloads[0]?.data))).toEqual({ account: 'the-clear-account' });
  expect(textOf(payloads[0]?.metadata.encoding)).toBe('json/plain');
  expect(payloads[1]).toEqual(clear);
});

it('encodes for the command line of Temporal, which decodes it again', async () => {
  const clear = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'MTIz' };
  const { payloads } = (await (await ask('/encode', [clear])).json()) as { payloads: JsonPayload[] };
  expect(textOf(payloads[0]?.metadata.encoding)).toBe('binary/encrypted');
  const again = (await (await ask('/decode', payloads)).json()) as { payloads: JsonPayload[] };
  expect(again.payloads).toEqual([clear]);
});

it('answers the question of a browser whether it may ask, for origins that are named', async () => {
  const preflight = (origin: string) =>
    fetch(`${url}/decode`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-namespace',
      },
    });
  const named = await preflight(ORIGIN);
  expect(named.status).toBe(204);
  expect(named.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(named.headers.get('access-control-allow-headers')).toMatch(
    /authorization.*content-type.*x-namespace/i,
  );
  expect(named.headers.get('vary')).toMatch(/origin/i);
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

it('refuses a page of another origin, even with a token', async () => {
  const answer = await ask('/decode', [sealed], { origin: 'https://evil.example' });
  expect(answer.status).toBe(403);
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  expect(await answer.text()).not.toContain('the-clear-account');
});

it('answers who has no origin, as the command line of Temporal, by its token', async () => {
  const { origin: _, ...headers } = {
    origin: '',
    'content-type': 'application/json',
    authorization: `Bearer ${TOKEN}`,
  };
  const body = JSON.stringify({ payloads: [sealed] });
  expect((await fetch(`${url}/decode`, { method: 'POST', headers, body })).status).toBe(200);
});

it.each(['', 'Bearer ', 'Bearer wrong-token-of-somebody', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`])(
  'refuses the authorization %j',
  async (authorization) => {
    const answer = await ask('/decode', [sealed], { authorization });
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('the-clear-account');
  },
);

describe('a token of the issuer', () => {
  const decode = async (token: string) =>
    (await ask('/decode', [sealed], { authorization: `Bearer ${token}` })).status;

  it('is taken, and its subject is in the log', async () => {
    expect(await decode(await sign({}))).toBe(200);
    expect(server.log()).toContain('"who":"ada@example.com"');
  });

  it('is refused for another audience, of another issuer, or when it is over', async () => {
    expect(await decode(await sign({}, 'another'))).toBe(401);
    expect(await decode(await sign({ iss: 'https://another.example' }))).toBe(401);
    expect(await decode(await sign({}, 'temporal-ui', '-5m'))).toBe(401);
  });

  it('is refused where it is signed by others, or not at all', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const forged = new SignJWT({ iss: issuerUrl, sub: 'eve' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setAudience('temporal-ui')
      .setExpirationTime('5m');
    expect(await decode(await forged.sign(privateKey))).toBe(401);
    const [, claims] = (await sign({})).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await decode(`${none}.${claims}.`)).toBe(401);
  });
});

it.each([undefined, 'x', [{ metadata: { encoding: '%%' } }], [1]])(
  'refuses the payloads %j',
  async (payloads) => {
    expect((await ask('/decode', payloads)).status).toBe(400);
  },
);

it('says which key is missing, and shows nothing of a payload in its log', async () => {
  const unknown = {
    ...sealed,
    metadata: { ...sealed.metadata, 'encryption-key-id': Buffer.from('k2').toString('base64') },
  };
  const answer = await ask('/decode', [unknown]);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({
    message: expect.stringContaining('the key k2, which this process does not have'),
  });
  expect(server.log()).not.toMatch(/the-clear-account|a-token-that-all-share/);
});

describe('its configuration', () => {
  const RIGHT = { PAYLOAD_ENCRYPTION_KEYS: KEYS, CODEC_SERVER_ORIGINS: ORIGIN };

  it.each([
    [{ PAYLOAD_ENCRYPTION_KEYS: '' }, 'PAYLOAD_ENCRYPTION_KEYS or PAYLOAD_ENCRYPTION_KEYS_FILE must be set'],
    [{ CODEC_SERVER_ORIGINS: '' }, 'CODEC_SERVER_ORIGINS must list'],
    [{ CODEC_SERVER_ORIGINS: '*' }, 'CODEC_SERVER_ORIGINS must list'],
    [{ CODEC_SERVER_ORIGINS: `${ORIGIN}/` }, 'CODEC_SERVER_ORIGINS must list'],
    [{ CODEC_SERVER_PORT: '0' }, 'CODEC_SERVER_PORT must be'],
    [{ CODEC_SERVER_TOKEN: 'short' }, 'CODEC_SERVER_TOKEN must have at least 16 characters'],
    [{ CODEC_SERVER_HOST: '0.0.0.0' }, 'CODEC_SERVER_TOKEN or CODEC_SERVER_ISSUER must be set'],
    [{ CODEC_SERVER_ISSUER: 'https://i.example' }, 'must be set together'],
    [
      {
        CODEC_SERVER_ISSUER: 'i',
        CODEC_SERVER_AUDIENCE: 'a',
        CODEC_SERVER_JWKS_URL: 'http://i.example/keys',
      },
      'CODEC_SERVER_JWKS_URL must be an https URL',
    ],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
  ])('%j is refused', (more, problem) => {
    const read = () => readCodecServerConfig({ ...RIGHT, ...more });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(problem);
  });

  it('that is wrong ends the command with 2', async () => {
    const { code, stderr } = await runProgram(CLI, { PAYLOAD_ENCRYPTION_KEYS: 'secret-by-mistake' });
    expect(code).toBe(2);
    expect(stderr).toContain('CODEC_SERVER_ORIGINS must list');
    expect(stderr).not.toContain('secret-by-mistake');
  });
});
