/** The receiver against callers that are none of ours, slow, or wrong: over real HTTP and raw sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CallbackReceiver, startCallbackReceiver } from '../../src/callback/receiver';
import type { SigningKeys } from '../../src/callback/token';
import { callbackUrl } from '../../src/callback/url';
import { MOST_CONNECTIONS } from '../../src/common/listener';
import { sampleOf } from '../helpers/long-tests';

const signedWith = (key: string) => ({ keys: async (): Promise<SigningKeys> => [key] });
const signing = signedWith('a-signing-key-of-the-tests');
const NAMESPACE = 'invoices';
const CALLBACK = JSON.stringify({ statuscode: 4, flowsessionid: 'd9687093-d0c0-ec11-983e-0022480b428a' });

let receiver: CallbackReceiver;
let woken: string[];
let logged: string[];
let url: string;

beforeEach(async () => {
  woken = [];
  logged = [];
  receiver = await startCallbackReceiver({
    ...signing,
    port: 0,
    namespace: NAMESPACE,
    wakeUp: async (workflowId) => {
      woken.push(workflowId);
    },
    log: (...line) => logged.push(JSON.stringify(line)),
  });
  url = await urlOf('waiting');
});

afterEach(() => receiver.close());

const origin = () => `http://127.0.0.1:${receiver.port}`;

function urlOf(workflowId: string, signed = signing): Promise<string> {
  return callbackUrl(
    { namespace: NAMESPACE, key: workflowId, workflowId },
    { ...signed, baseUrl: `${origin()}/x` },
  );
}

async function status(target: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(target, init);
  await answer.text();
  return answer.status;
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const post = (target: string, headers: Record<string, string> = JSON_HEADERS) =>
  status(target, { method: 'POST', headers, body: CALLBACK });

describe('the receiver', () => {
  it('answers GET and HEAD of /health', async () => {
    expect(await status(`${origin()}/health`)).toBe(200);
    expect(await status(`${origin()}/health`, { method: 'HEAD' })).toBe(200);
  });

  it.each([
    ['the health', () => `${origin()}/health`],
    ['a refusal', () => `${origin()}/nothing`],
    ['a URL that is none', () => `${origin()}/%ZZ`],
    ['a callback', () => url],
  ])('has nothing that a browser may keep or run in its answer to %s', async (_what, target) => {
    const answer = await fetch(target(), { method: 'POST', headers: JSON_HEADERS, body: CALLBACK });
    await answer.text();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('server')).toBeNull();
  });

  it('has them too in its answer to an expectation that it does not know', async () => {
    const socket = await open();
    socket.write(head({ Expect: 'the moon', 'Content-Length': '2' }));
    const [status, ...lines] = (await answer(socket)).toLowerCase().split('\r\n');
    expect(status).toContain('417');
    expect(lines).toContain('x-content-type-options: nosniff');
    expect(woken).toEqual([]);
  });

  it('drops connections beyond its limit, and takes new ones once some have ended', async () => {
    const sockets = await Promise.all(Array.from({ length: MOST_CONNECTIONS }, open));
    const beyond = await open();
    expect(await text(beyond)).toBe('');
    for (const socket of sockets) socket.destroy();
    while ((await post(url).catch(() => 0)) !== 204);
    expect(woken).toEqual(['waiting']);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers a %s of a callback URL with 404',
    async (method) => {
      expect(await status(url, { method })).toBe(404);
      expect(woken).toEqual([]);
    },
  );

  it('takes a body without a type for JSON, and refuses one of another type', async () => {
    const untyped = new TextEncoder().encode(CALLBACK);
    expect(await status(url, { method: 'POST', body: untyped })).toBe(204);
    expect(woken).toEqual(['waiting']);
    const others = ['text/plain', 'application/x-www-form-urlencoded', 'no type at all'];
    for (const type of others) expect([type, await post(url, { 'Content-Type': type })]).toEqual([type, 415]);
    expect(woken).toHaveLength(1);
  });

  it.each([
    ['a byte order mark', `\uFEFF${CALLBACK}`, {}],
    ['other fields, in another spelling', CALLBACK.replace('flowsessionid', 'FlowSessionId'), {}],
    [
      'OData parameters',
      CALLBACK,
      { 'Content-Type': 'application/json;odata.metadata=minimal;charset=utf-8' },
    ],
    ['a type in capitals', CALLBACK, { 'Content-Type': 'APPLICATION/JSON' }],
  ])('takes a body with %s', async (_what, body, headers) => {
    expect(await status(url, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body })).toBe(204);
    expect(woken).toEqual(['waiting']);
  });

  it.each([
    [
      'by HTTP/1.0',
      `POST PATH HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: ${CALLBACK.length}\r\n\r\n${CALLBACK}`,
    ],
    [
      'in chunks that wait to be asked for',
      `POST PATH HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n${CALLBACK.length.toString(16)}\r\n${CALLBACK}\r\n0\r\n\r\n`,
    ],
  ])('takes a body %s', async (_how, request) => {
    const socket = await open();
    const answer = text(socket);
    socket.write(request.replace('PATH', new URL(url).pathname));
    expect(await answer).toMatch(/^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?204 /);
    expect(woken).toEqual(['waiting']);
  });

  it('reads no more of a body than it may have, where its length is not told', async () => {
    const socket = await open();
    socket.write(head({ 'Transfer-Encoding': 'chunked' }));
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let count = 0; count < 8 && socket.writable; count += 1) socket.write(chunk);
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 413 /);
    expect(woken).toEqual([]);
  });

  it('refuses a URL that is none, and a token of which much is missing', async () => {
    expect(await post(`${origin()}/%ZZ`)).toBe(400);
    expect(await post(`${origin()}/`)).toBe(404);
    expect(await post(`${origin()}/a.b.c`)).toBe(404);
  });

  it('answers strangers without end with 429, and goes on to listen to those with a token', async () => {
    const statuses = new Map<number, number>();
    for (let count = 0; count < 400; count += 1) {
      const got = await post(`${origin()}/${count}`);
      statuses.set(got, (statuses.get(got) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [404, 300],
      [429, 100],
    ]);
    expect(await status(`${origin()}/anything`)).toBe(429);
    for (let count = 0; count < 400; count += 1) {
      expect(await post(await urlOf(`workflow-${count}`))).toBe(204);
    }
    expect(woken).toHaveLength(400);
    expect(await status(`${origin()}/health`)).toBe(200);
  });

  it('tells of tokens that it has not signed once a minute, and never shows a URL', async () => {
    const foreign = signedWith('another-key-of-the-tests');
    for (let count = 0; count < 10; count += 1) expect(await post(await urlOf('other', foreign))).toBe(404);
    await post(`${origin()}/wp-login.php`);
    await post(url);
    expect(logged).toHaveLength(2);
    expect(logged[0]).toContain('none of the signing keys has signed its URL');
    expect(logged[1]).toContain('passed on');
    const token = url.split('/').at(-1) ?? 'missing';
    expect(logged.join()).not.toContain(token);
    expect(logged.join()).not.toContain('/x/');
  });
});

describe('a slow caller', () => {
  const PARTS: [string, () => string][] = [
    ['its head', () => 'POST /x HTTP/1.1\r\nHost: x\r\n'],
    ['its body', () => `${head({ 'Content-Length': '100' })}{`],
  ];

  it.each(sampleOf(PARTS, 1))(
    'that does not end %s is let go',
    async (_what, sent) => {
      const socket = await open();
      socket.write(sent());
      expect(await answer(socket)).toMatch(/^HTTP\/1\.1 408 /);
      expect(woken).toEqual([]);
    },
    30_000,
  );

  it('does not keep the receiver from closing', async () => {
    const socket = await open();
    socket.write(`${head({ 'Content-Length': '100' })}{`);
    await post(url);
    const closed = once(socket, 'close');
    await receiver.close();
    await closed;
  });
});

async function open(): Promise<Socket> {
  const socket = connect(receiver.port, '127.0.0.1');
  // A receiver that lets go of who is slow may do so in the middle of a write.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function head(headers: Record<string, string>): string {
  const lines = Object.entries({ Host: 'x', ...JSON_HEADERS, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `POST ${new URL(url).pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

const answer = (socket: Socket): Promise<string> => text(socket);
