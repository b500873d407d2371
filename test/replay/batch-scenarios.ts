/** The batches of which histories are kept, by name; see `scenarios.ts`. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { Page, PageRequest } from '../../src/common/batch';
import { environmentSecrets } from '../../src/config/secrets';
import { many } from '../helpers/batches';
import { bundle } from '../helpers/bundle';
import { eventually, type Harness, target } from '../helpers/harness';
import type { Recorded, Scenario } from './scenarios';

/** The activities that the caller of a batch brings. */
export const OWN_ACTIVITIES = {
  async loadPage({ cursor }: PageRequest): Promise<Page> {
    return { items: many(100), nextCursor: cursor === null ? '1' : cursor === '1' ? '2' : null };
  },
  async takeResults(): Promise<void> {},
};

const workflowType = 'RunDesktopFlows';

export const BATCH_SCENARIOS: Record<string, Scenario> = {
  'batch-continues-as-new': {
    workflowType,
    input: (harness) => ({
      pages: { activity: 'loadPage' },
      defaults: harness.flow(),
      maximumConcurrent: 30,
      results: { activity: 'takeResults', pageSize: 40 },
    }),
  },
  'batch-is-stopped-by-a-failure': {
    workflowType,
    input: (harness) => ({
      items: [harness.flow({ ends: 'Failed' }), ...many(4, harness.flow({ duration: '3s' }))],
      maximumConcurrent: 2,
      onFailure: 'stop',
    }),
  },
  'batch-moves-to-another-version': {
    workflowType,
    // The one of which the history is kept runs beside it, in workers that have versions.
    input: (harness) => ({ items: [harness.flow()] }),
    recorded: batchThatMoves,
  },
  'batch-is-cancelled': {
    workflowType,
    input: (harness) => ({
      items: [harness.flow(), ...many(3, harness.flow({ duration: '1h' }))],
      results: { activity: 'takeResults' },
    }),
    async meanwhile(handle) {
      await eventually(async () => {
        const { running, succeeded } = await handle.query<{ running: number; succeeded: number }>(
          'desktopFlowBatch',
        );
        return running === 3 && succeeded === 1;
      });
      await handle.cancel();
    },
  },
};

/** Runs a batch whose worker is followed by one of another version after its first item. */
async function batchThatMoves({ env, client, emulator, flow }: Harness): Promise<Recorded> {
  const taskQueue = randomUUID();
  const workflowBundle = await bundle(
    path.join(__dirname, '..', 'plugin', 'workflows', 'versioned-beforehand.ts'),
  );
  const ends: (() => Promise<void>)[] = [];
  const work = async (buildId: string) => {
    const version = { deploymentName: taskQueue, buildId };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle,
      activities: createActivities({ ...target(emulator), secrets: environmentSecrets({}) }),
      workerDeploymentOptions: {
        version,
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    const running = worker.run();
    ends.push(async () => {
      worker.shutdown();
      await running;
    });
    await eventually(() =>
      client.workflowService.setWorkerDeploymentCurrentVersion({ namespace: env.namespace, ...version }).then(
        () => true,
        () => false,
      ),
    );
  };
  const input = flow({ duration: '1h' });
  const robots = () => emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId);
  await work('one');
  const batch = await client.workflow.start(workflowType, {
    args: [{ items: many(3, input), maximumConcurrent: 1 }],
    taskQueue,
    workflowId: randomUUID(),
  });
  await eventually(() => robots().length === 1);
  await work('two');
  for (const number of [1, 2, 3]) {
    const robot = await eventually(() => robots().length === number && robots().at(-1));
    emulator.setStatus(robot.id, 'Succeeded');
  }
  await batch.result();
  for (const end of ends) await end();
  return batch;
}
