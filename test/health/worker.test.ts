/** `/live` and `/ready` of a worker process, and of the receiver of callbacks in its own process. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { healthCommand } from '../docker/compose-file';
import { type RunningProcess, startProgram } from '../helpers/built-process';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { type Relay, startRelay } from '../helpers/relay';
import { spawnWorker, startWorker } from '../helpers/worker-process';

/** What a machine that is busy with long tests takes for what is done in five seconds on a quiet one. */
const BUSY_MS = 60_000;

let emulator: Emulator;
let relay: Relay;
let port: number;
let running: RunningProcess | undefined;

beforeAll(async () => {
  // A token that ends after seconds, so that one which cannot be had is missed soon.
  emulator = await startEmulator({ tokenLifetimeSeconds: 2 });
  relay = await startRelay(setUp('TEST_TEMPORAL_ADDRESS'));
});

beforeEach(async () => {
  port = await freePort();
});

afterEach(async () => {
  relay.mend();
  await running?.end('SIGTERM');
  running = undefined;
});

afterAll(async () => {
  await relay.close();
  await emulator.close();
});

const environment = () => ({
  ...emulator.environment,
  TEMPORAL_ADDRESS: relay.address,
  TEMPORAL_TASK_QUEUE: `health-${randomUUID()}`,
  HEALTH_PORT: String(port),
});

interface Health {
  status?: string;
  checks?: Record<string, string>;
}

async function ask(path: string, init?: RequestInit) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  const body = (await response.json().catch(() => null)) as Health | null;
  return { status: response.status, headers: response.headers, body };
}

const isReady = async () => (await ask('/ready')).status === 200;
const unready = async () => {
  const { status, body } = await ask('/ready');
  return status === 503 && body?.checks;
};

/** The health check of the compose file, on this process's port. */
function checkOfCompose(): Promise<unknown> {
  const [command, args] = healthCommand('worker');
  const rewritten = args.map((argument) => argument.replace('127.0.0.1:8089', `127.0.0.1:${port}`));
  return promisify(execFile)(command, rewritten);
}

it('a worker is ready while it polls, Temporal answers and there is a token; it lives all the while', async () => {
  running = await startWorker(environment());
  await eventually(isReady);
  expect((await ask('/ready')).body).toEqual({
    status: 'ready',
    checks: { workers: 'ok', temporal: 'ok', token: 'ok' },
  });
  await expect(checkOfCompose()).resolves.toBeDefined();

  relay.cut();
  const cut = await eventually(unready);
  expect(cut.temporal).toMatch(/^(Temporal does not answer \(gRPC code \d+\)|no answer within 3000 ms)$/);
  expect((await ask('/live')).status).toBe(200);
  await expect(checkOfCompose()).rejects.toMatchObject({ code: 1 });
  relay.mend();
  await eventually(isReady, 30_000);

  emulator.inject({ on: 'token', kind: 'tokenError', situation: 'wrongSecret', times: 'always' });
  const refused = await eventually(unready, BUSY_MS);
  expect(refused).toEqual({ workers: 'ok', temporal: 'ok', token: 'no token: unauthorized' });
  emulator.clearFaults();
  await eventually(isReady);
}, 120_000);

it('it tells nothing to whoever asks otherwise', async () => {
  running = await startWorker(environment());
  const post = await ask('/live', { method: 'POST' });
  expect(post.status).toBe(405);
  expect(post.headers.get('allow')).toBe('GET, HEAD');
  expect((await ask('/metrics')).status).toBe(404);
  const live = await ask('/live', { method: 'HEAD' });
  expect(live.status).toBe(200);
  expect(live.headers.get('cache-control')).toBe('no-store');
  expect(live.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await ask('/live', { headers: { 'X-Long': 'x'.repeat(10_000) } })).status).toBe(431);
});

it('a worker that shuts down is not ready, and lives until its trigger has got its answer', async () => {
  const flow = { id: randomUUID(), name: 'Slow to start', duration: '0s' };
  emulator.addFlow(flow);
  emulator.inject({ on: 'trigger', kind: 'delay', duration: '4s', flowId: flow.id });
  const variables = environment();
  const { TEMPORAL_TASK_QUEUE: taskQueue } = variables;
  running = await startWorker(variables);
  const connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  await new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [{ flowId: flow.id, connectionName: 'any', runMode: 'unattended' }],
    taskQueue,
    workflowId: randomUUID(),
  });
  await connection.close();
  await eventually(() => emulator.seen.counts.trigger > 0, BUSY_MS);
  const ending = running.end('SIGTERM');
  running = undefined;
  expect(await eventually(unready)).toEqual({ stopping: 'the process is shutting down' });
  expect((await ask('/live')).status).toBe(200);
  expect(await ending).toBe(0);
}, 120_000);

it('a worker whose port is taken says which variable to check', async () => {
  running = await startWorker(environment());
  const { child, log } = spawnWorker({ ...environment() });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(1);
  expect(log()).toContain('Check HEALTH_HOST and HEALTH_PORT');
});

itTakesLong('the receiver of callbacks in its own process is ready while Temporal answers', async () => {
  const callbackPort = await freePort();
  running = await startProgram(
    { file: 'cli/main.js', args: ['callbacks'] },
    {
      ...environment(),
      CALLBACK_PORT: String(callbackPort),
      CALLBACK_BASE_URL: `http://127.0.0.1:${callbackPort}`,
    },
    'The receiver is ready',
  );
  await eventually(isReady);
  relay.cut();
  await eventually(unready);
  relay.mend();
  await eventually(isReady, 30_000);
});
