/** The receiver as a process of its own, beside a worker that listens nowhere. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { METRICS } from '../../src/common/metrics';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { type RunningProcess, startProgram } from '../helpers/built-process';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { startWorker } from '../helpers/worker-process';
import { Page } from '../metrics/page';

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: '1s', result: { Booking: 'B-1' } };

/** No look of the run's own comes within a test. */
const SLOW = { initialInterval: '60s' };

const KEYS = 'a-signing-key-of-the-tests';

let connection: Connection;
let emulator: Emulator;
let running: RunningProcess[];
let port: number;
let taskQueue: string;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
});

afterAll(() => connection.close());

beforeEach(async () => {
  running = [];
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  port = await freePort();
  taskQueue = `cli-${randomUUID()}`;
});

afterEach(async () => {
  await Promise.all(running.map((each) => each.end('SIGKILL')));
  await emulator.close();
});

const baseUrl = () => ({ CALLBACK_BASE_URL: `http://127.0.0.1:${port}/callbacks` });

async function keep(starting: Promise<RunningProcess>): Promise<RunningProcess> {
  const started = await starting;
  running.push(started);
  return started;
}

/** Without a port: it listens nowhere. */
const worker = (environment: Record<string, string> = {}) =>
  keep(
    startWorker({ ...emulator.environment, TEMPORAL_TASK_QUEUE: taskQueue, ...baseUrl(), ...environment }),
  );

const receiver = (environment: Record<string, string>) =>
  keep(
    startProgram(
      { file: 'cli/main.js', args: ['callbacks'] },
      { ...baseUrl(), CALLBACK_PORT: String(port), LOG_LEVEL: 'debug', ...environment },
      'The receiver is ready',
    ),
  );

const start = (poll: object = SLOW) =>
  new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [{ flowId: FLOW.id, connectionName: randomUUID(), runMode: 'unattended', poll }],
    taskQueue,
    workflowId: randomUUID(),
  });

describe('the receiver alone', () => {
  it.each([
    ['with the keys of the workers, and no credentials', true],
    ['with the credentials of the workers, from which both derive the key', false],
  ])('ends a run whose looks are far apart, %s', async (_how, hasKeys) => {
    const keys = { CALLBACK_SIGNING_KEYS: KEYS, POWER_AUTOMATE_ORGANIZATION_URI: emulator.url };
    await worker(hasKeys ? { CALLBACK_SIGNING_KEYS: KEYS } : {});
    const metricsPort = await freePort();
    const alone = await receiver({
      ...(hasKeys ? keys : emulator.environment),
      METRICS_PORT: String(metricsPort),
    });
    const handle = await start();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    const counted = await eventually(async () => {
      const outcomes = (await Page.of(metricsPort)).by(METRICS.callbacks, 'outcome');
      return Object.keys(outcomes).length > 0 && outcomes;
    });
    expect(counted).toEqual({ passedOn: 1 });
    expect(emulator.seen.counts.status).toBe(1);
    const [callback] = emulator.seen.callbacks;
    expect(callback?.status).toBe(204);
    expect(alone.log()).toContain('A callback was passed on');
    expect(alone.log()).not.toContain(callback?.url.split('/').at(-1) ?? 'missing');
    for (const line of alone.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });

  itTakesLong('refuses what another key has signed, says so, and the run ends by its own look', async () => {
    await worker();
    const alone = await receiver({
      CALLBACK_SIGNING_KEYS: KEYS,
      POWER_AUTOMATE_ORGANIZATION_URI: emulator.url,
    });
    const handle = await start({ initialInterval: '2s' });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(emulator.seen.callbacks).toMatchObject([{ status: 404 }]);
    expect(alone.log()).toContain('none of the signing keys has signed its URL');
  });

  it.each(sampleOf(['SIGTERM', 'SIGINT'], 0))('ends calmly on %s', async (signal) => {
    const alone = await receiver({
      CALLBACK_SIGNING_KEYS: KEYS,
      POWER_AUTOMATE_ORGANIZATION_URI: emulator.url,
    });
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    await expect(alone.end(signal)).resolves.toBe(0);
    await eventually(() => alone.log().includes('The receiver ends'));
  });
});
