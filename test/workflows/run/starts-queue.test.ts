/** A start that waits in the task queue of starts: what is said of it, and how it ends. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../../src/activities';
import { startsQueueOf } from '../../../src/common/start-priority';
import { environmentSecrets } from '../../../src/config/secrets';
import { bundle } from '../../helpers/bundle';
import { detailsOf, eventually, type Harness, startHarness, target } from '../../helpers/harness';
import { itTakesLong } from '../../helpers/long-tests';

const BUNDLE = path.join(__dirname, '..', '..', '..', 'src', 'workflows', 'worker-bundle.ts');

interface Workers {
  taskQueue: string;
  /** From now on somebody serves the queue of starts. */
  serveStarts(): Promise<void>;
  close(): Promise<void>;
}

/** A worker with the bundle of the worker process, at first without one for starts. */
async function startWorkers(harness: Harness): Promise<Workers> {
  const { env, emulator } = harness;
  const activities = createActivities({ ...target(emulator), secrets: environmentSecrets({}) });
  const taskQueue = `starts-${randomUUID()}`;
  const both = { connection: env.nativeConnection, namespace: env.namespace };
  const workflowBundle = await bundle(BUNDLE);
  const { triggerFlowRun, ...others } = activities;
  const workers = [await Worker.create({ ...both, taskQueue, workflowBundle, activities: others })];
  const running = workers.map((worker) => worker.run());
  return {
    taskQueue,
    async serveStarts() {
      const queue = startsQueueOf(taskQueue);
      const starts = await Worker.create({ ...both, taskQueue: queue, activities: { triggerFlowRun } });
      workers.push(starts);
      running.push(starts.run());
    },
    async close() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
    },
  };
}

describe('a start that waits in the queue of starts', () => {
  let harness: Harness;
  let workers: Workers;

  beforeAll(async () => {
    harness = await startHarness();
  });

  afterAll(() => harness.close());

  beforeEach(async () => {
    workers = await startWorkers(harness);
  });

  afterEach(() => workers.close());

  async function start(input: object) {
    const { workflow } = harness.client;
    const handle = await workflow.start('RunDesktopFlow', {
      args: [input],
      taskQueue: workers.taskQueue,
      workflowId: randomUUID(),
    });
    const [trigger] = await eventually(async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.length ? raw.pendingActivities : undefined;
    });
    expect(trigger?.activityType?.name).toBe('triggerFlowRun');
    return handle;
  }

  it('ends at once when its run is cancelled, and starts no robot, also when somebody comes to serve it', async () => {
    const input = harness.flow();
    const handle = await start(input);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await workers.serveStarts();
    const next = harness.flow();
    await (await start(next)).result();
    expect(harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId)).toEqual([]);
    expect(harness.emulator.seen.sessions.filter(({ flowId }) => flowId === next.flowId)).toHaveLength(1);
  });

  itTakesLong('does not have its run say that Dataverse has been out of reach since', async () => {
    const input = harness.flow();
    const handle = await start(input);
    expect(await detailsOf(handle)).toMatch(/^Starting the robot/);
    expect(await detailsOf(handle)).not.toContain('out of reach');

    harness.emulator.inject({ on: 'trigger', kind: 'throttle', retryAfterSeconds: 3, flowId: input.flowId });
    const served = Date.now();
    await workers.serveStarts();
    const details = await eventually(async () => {
      const now = await detailsOf(handle);
      return now.includes('out of reach') && now;
    });
    const [, since = ''] = /out of reach since (\S+?)\*\*/.exec(details) ?? [];
    expect(Date.parse(since)).toBeGreaterThanOrEqual(served);
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
  });
});
