import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { startEmulator } from '../../src/testing/emulator';
import { type DevServer, startDevServer } from '../../src/testing/temporal-servers';
import { healthCommand, root, service } from './compose-file';

/** Runs a service's health check as its container would, in this process's surroundings. */
function check(name: string, env: NodeJS.ProcessEnv, rewrite = (argument: string) => argument) {
  const [command, args] = healthCommand(name);
  return promisify(execFile)(command, args.map(rewrite), {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
  });
}

describe('the health check of the worker', () => {
  let server: DevServer;
  let workflowBundle: WorkflowBundle;
  beforeAll(async () => {
    const logger = new DefaultLogger('WARN');
    Runtime.install({ logger });
    workflowBundle = await bundleWorkflowCode({
      logger,
      workflowsPath: join(root, 'src', 'workflows', 'index.ts'),
    });
    server = await startDevServer({ own: true, ui: false });
  }, 600_000);
  afterAll(() => server.stop());

  const environment = (taskQueue: string) => ({
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_API_KEY: '',
    TEMPORAL_TASK_QUEUE: taskQueue,
  });

  async function whilePolling(run: () => Promise<void>, identity?: string): Promise<void> {
    const connection = await NativeConnection.connect({ address: server.address });
    try {
      const options = { connection, taskQueue: 'polled', workflowBundle };
      const worker = await Worker.create(identity === undefined ? options : { ...options, identity });
      await worker.runUntil(run);
    } finally {
      await connection.close();
    }
  }

  test('fails while nobody polls its task queue', async () => {
    expect(await failure(check('worker', environment('idle')))).toContain('has not been polled');
  });

  test('fails while only workers of other machines poll its task queue', async () => {
    const identity = `1@not-${hostname()}-2`;
    await whilePolling(async () => {
      while (!(await pollers()).includes(identity)) await sleep(50);
      expect(await failure(check('worker', environment('polled')))).toContain('has not been polled');
    }, identity);
  });

  test('passes once a worker of this machine polls its task queue', async () => {
    await whilePolling(async () => {
      while (await failure(check('worker', environment('polled'))));
    });
  });

  async function pollers(): Promise<unknown[]> {
    const connection = await Connection.connect({ address: server.address });
    try {
      const taskQueue = { name: 'polled' };
      const found = await connection.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue,
        taskQueueType: 1,
      });
      return found.pollers.map(({ identity }) => identity);
    } finally {
      await connection.close();
    }
  }

  test('fails, and says why, while Temporal cannot be reached', async () => {
    const env = { ...environment('polled'), TEMPORAL_ADDRESS: '127.0.0.1:1' };
    expect(await failure(check('worker', env))).toContain('Failed to connect');
  });

  test('is told its task queue by Compose', () => {
    expect(service('worker').environment).toHaveProperty('TEMPORAL_TASK_QUEUE');
  });
});

test('the health check of the emulator passes while the emulator answers, and fails otherwise', async () => {
  const emulator = await startEmulator({ port: 0 });
  const rewrite = (argument: string) => argument.replace('http://127.0.0.1:4010', emulator.url);
  await expect(check('emulator', {}, rewrite)).resolves.toBeDefined();
  await emulator.close();
  await expect(check('emulator', {}, rewrite)).rejects.toMatchObject({ code: 1 });
});

/** What a failed check printed; undefined if it passed. */
function failure(checked: Promise<unknown>): Promise<string | undefined> {
  return checked.then(
    () => undefined,
    ({ stderr }) => stderr,
  );
}
