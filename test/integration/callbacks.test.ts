/** From the robot's end to the workflow's result by Dataverse's callback: the real worker process, over real HTTP. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: '1s', result: { Booking: 'B-1' } };

/** No look of the run's own comes within a test. */
const SLOW = { initialInterval: '60s' };

let connection: Connection;
let emulator: Emulator;
let worker: WorkerProcess;
let port: number;
const taskQueue = `callbacks-${randomUUID()}`;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  port = await freePort();
  worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    CALLBACK_BASE_URL: `http://127.0.0.1:${port}/callbacks`,
    CALLBACK_PORT: String(port),
    LOG_LEVEL: 'debug',
  });
});

afterAll(async () => {
  await worker?.end('SIGTERM');
  await emulator?.close();
  await connection?.close();
});

const start = (poll: object = SLOW) =>
  new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [{ flowId: FLOW.id, connectionName: randomUUID(), runMode: 'unattended', poll }],
    taskQueue,
    workflowId: randomUUID(),
  });

async function post(url: string, body: string): Promise<number> {
  const headers = { 'Content-Type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body })).status;
}

describe('with callbacks', () => {
  it('a run ends with the callback, after one look, and keeps the token out of its history', async () => {
    const before = emulator.seen.counts.status;
    const handle = await start();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(emulator.seen.counts.status - before).toBe(1);
    const [callback] = emulator.seen.callbacks.slice(-1);
    expect(callback?.status).toBe(204);
    const token = callback?.url.split('/').at(-1) ?? 'missing';
    expect(JSON.stringify(await handle.fetchHistory())).not.toContain(token);
    expect(worker.log()).not.toContain(token);
  });

  it('false, foreign, repeated and huge callbacks change nothing and end nothing', async () => {
    const handle = await start();
    const robot = await eventually(() => {
      const [latest] = emulator.seen.sessions.slice(-1);
      return latest?.callbackUrl && latest.status === 'Running' ? latest : undefined;
    });
    const { callbackUrl: url = '', id } = robot;
    const foreign = await start();
    const own = JSON.stringify({ flowsessionid: id, statuscode: 8 });
    expect(await post(url, JSON.stringify({ flowsessionid: randomUUID(), statuscode: 4 }))).toBe(204);
    expect(await post(`${url}x`, own)).toBe(404);
    expect(await post(url, own)).toBe(204);
    expect(await post(url, own)).toBe(204);
    expect(await post(url, JSON.stringify({ flowsessionid: id, filler: 'x'.repeat(3_000_000) }))).toBe(413);
    const result = { status: 'Succeeded', flowSessionId: id, outputs: { Booking: 'B-1' } };
    await expect(handle.result()).resolves.toMatchObject(result);
    await expect(foreign.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    // The workflow is over: answered calmly.
    expect(await post(url, own)).toBe(204);
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  });

  it('a run whose callback is lost ends by its own look', async () => {
    emulator.inject({ on: 'callback', kind: 'lostRequest', flowId: FLOW.id });
    const handle = await start({ initialInterval: '2s' });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
  });
});
