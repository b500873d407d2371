/** What all listeners of this project have in common, over real sockets. */
import { Agent, get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startCallbackReceiver } from '../../src/callback/receiver';
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

it.each([
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
