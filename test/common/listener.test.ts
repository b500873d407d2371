/** What all listeners of this project have in common, over real sockets. */
import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startCallbackReceiver } from '../../src/callback/receiver';
import { startCodecServer } from '../../src/codec-server/server';
import { MOST_REQUESTS_OF_CONNECTION } from '../../src/common/listener';
import { startHealthServer } from '../../src/health/health-server';
import { startEmulator } from '../../src/testing/emulator';

interface Listening {
  url: string;
  close(): Promise<void>;
}

async function receiver(): Promise<Listening> {
  const { port, close } = await startCallbackReceiver({
    port: 0,
    namespace: 'default',
    keys: async () => ['a-signing-key-of-the-tests'],
    wakeUp: async () => undefined,
  });
  return { url: `http://127.0.0.1:${port}/health`, close };
}

async function health(): Promise<Listening> {
  const { port, close } = await startHealthServer({ host: '127.0.0.1', port: 0, checks: {} });
  return { url: `http://127.0.0.1:${port}/live`, close };
}

async function emulator(): Promise<Listening> {
  const { url, close } = await startEmulator();
  return { url: `${url}/__emulator/requests`, close };
}

async function codecServer(): Promise<Listening> {
  const { port, close } = await startCodecServer({
    host: '127.0.0.1',
    port: 0,
    origins: [],
    codecs: [],
    authorize: async () => undefined,
    log: () => undefined,
  });
  return { url: `http://127.0.0.1:${port}/health`, close };
}

it.each([
  ['the codec server', codecServer],
  ['the callback receiver', receiver],
  ['the health', health],
  ['the emulator', emulator],
])('%s ends a connection after so many requests, and takes a new one', async (_what, start) => {
  const { url, close } = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports: number[] = [];
  const ask = () =>
    new Promise<string | undefined>((resolve, reject) => {
      get(url, { agent }, async (response) => {
        ports.push(response.socket.localPort ?? 0);
        await buffer(response);
        resolve(response.headers.connection);
      }).on('error', reject);
    });
  for (let count = 1; count < MOST_REQUESTS_OF_CONNECTION; count += 1) expect(await ask()).not.toBe('close');
  expect(await ask()).toBe('close');
  expect(new Set(ports).size).toBe(1);
  expect(await ask()).not.toBe('close');
  expect(new Set(ports).size).toBe(2);
  agent.destroy();
  await close();
});

it.each([
  ['the codec server', codecServer],
  ['the callback receiver', receiver],
])('%s answers an unknown expectation with the headers of every answer', async (_what, start) => {
  const { url, close } = await start();
  const { status, headers } = await new Promise<{ status?: number; headers: IncomingHttpHeaders }>(
    (resolve, reject) => {
      get(url, { headers: { Expect: 'a-miracle' } }, async (response) => {
        await buffer(response);
        resolve({ status: response.statusCode, headers: response.headers });
      }).on('error', reject);
    },
  );
  expect(status).toBe(417);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  await close();
});
