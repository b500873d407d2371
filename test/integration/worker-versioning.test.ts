/** Worker versioning (worker deployments), on the real dev server: what becomes of a watcher whose workers go away. */
import { randomUUID } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import { environmentSecrets } from '../../src/config/secrets';
import { workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

/** No look of a run's own comes within a test, except where its watcher does not answer. */
const SHARED = { poll: { initialInterval: '1s', maximumInterval: '1s', fallbackInterval: '30m' } };
const HOURLY = { initialInterval: 3_600_000, maximumInterval: 3_600_000, backoffCoefficient: 1 };
const WITHIN_MS = 60_000;

let harness: Harness;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  harness = await startHarness({ ownNamespace: true });
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await harness.close();
});

/** A worker of one version, whose workflows are pinned to it where they do not say otherwise. */
async function startVersion(taskQueue: string, buildId: string): Promise<() => Promise<void>> {
  const { env, emulator } = harness;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: createActivities({
      ...target(emulator),
      watcherTaskQueue: taskQueue,
      secrets: environmentSecrets({}),
    }),
    workerDeploymentOptions: {
      version: { deploymentName: taskQueue, buildId },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  });
  const running = worker.run();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    if (stopped === undefined) worker.shutdown();
    stopped ??= running;
    return stopped;
  };
  stops.push(stop);
  return stop;
}

/** Temporal knows of a version some time after its workers poll. */
async function makeCurrent(deploymentName: string, buildId: string): Promise<void> {
  const { client, env } = harness;
  await eventually(() =>
    client.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace: env.namespace, deploymentName, buildId })
      .then(
        () => true,
        () => false,
      ),
  );
}

const start = (taskQueue: string, input: object) =>
  harness.client.workflow.start('RunDesktopFlow', {
    args: [{ ...input, ...SHARED }],
    taskQueue,
    workflowId: randomUUID(),
  });

type Handle = Awaited<ReturnType<typeof start>>;

async function robotOf(handle: Handle): Promise<string> {
  const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
  return flowSessionId;
}

async function onlyWatcher() {
  const query = "WorkflowType = 'WatchFlowRuns' AND ExecutionStatus = 'Running'";
  const { workflowId } = await eventually(async () => {
    for await (const watcher of harness.client.workflow.list({ query })) return watcher;
    return undefined;
  });
  return harness.client.workflow.getHandle(workflowId);
}

async function versioningOf(handle: { describe: Handle['describe'] }) {
  const { raw } = await handle.describe();
  const { deploymentVersion, versioningOverride } = raw.workflowExecutionInfo?.versioningInfo ?? {};
  return { version: deploymentVersion?.buildId, override: versioningOverride };
}

async function activitiesOf(handle: Handle) {
  const { events } = await handle.fetchHistory();
  return events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType?.name] : [],
  );
}

const succeeded = { status: 'Succeeded', outputs: { ok: true } };
const longRobot = () => harness.flow({ duration: '1h', result: { ok: true } });

/** Ends the robot, and returns the result that its run then has within a minute. */
async function hears(handle: Handle, flowSessionId: string) {
  harness.emulator.setStatus(flowSessionId, 'Succeeded');
  const tooLate = new Promise<string>((resolve) => {
    setTimeout(resolve, WITHIN_MS, 'heard nothing within a minute').unref();
  });
  return await Promise.race([handle.result(), tooLate]);
}

describe('a watcher', () => {
  it('moves to the version that becomes current, with its robots', async () => {
    const taskQueue = `test-${randomUUID()}`;
    const stopFirst = await startVersion(taskQueue, '1');
    await makeCurrent(taskQueue, '1');
    const older = await start(taskQueue, longRobot());
    await robotOf(older);
    const watcher = await onlyWatcher();
    await eventually(async () => (await versioningOf(watcher)).override?.autoUpgrade);
    await expect(versioningOf(watcher)).resolves.toMatchObject({ version: '1' });

    await startVersion(taskQueue, '2');
    await makeCurrent(taskQueue, '2');
    await stopFirst();
    const newer = await start(taskQueue, longRobot());
    expect(await hears(newer, await robotOf(newer))).toMatchObject(succeeded);
    expect(await activitiesOf(newer)).toEqual(['triggerFlowRun']);
    await expect(versioningOf(watcher)).resolves.toMatchObject({ version: '2' });
    await older.terminate();
  }, 120_000);

  itTakesLong(
    'that nobody has moved before its version lost its workers moves when it gets the next robot',
    async () => {
      const taskQueue = `test-${randomUUID()}`;
      const stopFirst = await startVersion(taskQueue, '1');
      await makeCurrent(taskQueue, '1');
      const first = await start(taskQueue, longRobot());
      const watcher = await onlyWatcher();
      await hears(first, await robotOf(first));
      await eventually(async () => (await watcher.describe()).status.name === 'COMPLETED');
      // As 0.3.0 leaves it.
      const { workflowId } = watcher;
      const robot = { flowSessionId: randomUUID(), workflowId: 'nobody', poll: HOURLY };
      await harness.client.workflow.signalWithStart('WatchFlowRuns', {
        workflowId,
        taskQueue,
        args: [{}],
        signal: 'watchFlowRuns',
        signalArgs: [[robot]],
      });
      await eventually(async () => (await versioningOf(watcher)).version === '1');
      await stopFirst();
      await expect(versioningOf(watcher)).resolves.toMatchObject({ version: '1', override: null });

      await startVersion(taskQueue, '2');
      await makeCurrent(taskQueue, '2');
      const newer = await start(taskQueue, longRobot());
      expect(await hears(newer, await robotOf(newer))).toMatchObject(succeeded);
      await expect(versioningOf(watcher)).resolves.toMatchObject({ version: '2' });
    },
    120_000,
  );
});
