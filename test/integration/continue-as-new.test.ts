import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import { environmentSecrets } from '../../src/config/secrets';
import { workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness, target } from '../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

/** Just before a run goes on in a new history: see `LONG_HISTORY_EVENTS`. */
const ALMOST_LONG = 990;

describe('a run whose history has grown long', () => {
  it('is cancelled by a cancellation that comes in the very task in which it would continue as new', async () => {
    // Workflow and activities on workers of their own, so that the last look and the cancellation meet in one task.
    const taskQueue = randomUUID();
    const common = { connection: harness.env.nativeConnection, taskQueue };
    const startWorkflowWorker = async () => {
      const worker = await Worker.create({ ...common, workflowBundle: await workflowBundle() });
      return { worker, running: worker.run() };
    };
    const handle = harness.client.workflow.getHandle(randomUUID());

    let release: (() => void) | undefined;
    const activities = createActivities({ ...target(harness.emulator), secrets: environmentSecrets({}) });
    const { getFlowRunStatus } = activities;
    activities.getFlowRunStatus = async (input) => {
      const seen = await getFlowRunStatus(input);
      if (release === undefined && (await handle.describe()).historyLength >= ALMOST_LONG) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      }
      return seen;
    };
    const activityWorker = await Worker.create({ ...common, activities });
    const activitiesRunning = activityWorker.run();

    const first = await startWorkflowWorker();
    const input = { ...harness.flow({ duration: '1h' }), poll: { initialInterval: '1h' } };
    const { workflowId } = handle;
    const { client } = harness;
    await client.workflow.start('RunDesktopFlow', { args: [input], taskQueue, workflowId });
    const reference = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    await eventually(async () => {
      await handle.signal('desktopFlowCompleted', reference);
      return release !== undefined;
    }, 60_000);
    first.worker.shutdown();
    await first.running;
    release?.();
    await eventually(async () => (await handle.describe()).raw.pendingActivities?.length === 0);
    await handle.cancel();

    const second = await startWorkflowWorker();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    const robots = harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
    expect(robots).toMatchObject([{ status: 'Cancelled' }]);
    second.worker.shutdown();
    activityWorker.shutdown();
    await Promise.all([second.running, activitiesRunning]);
  }, 120_000);
});
