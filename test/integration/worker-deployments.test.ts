/**
 * Builds of the worker process side by side, as an operator rolls them out with worker versioning: on a dev server of its own,
 * which tells soon that a version is drained.
 */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { type DevServer, startDevServer } from '../../src/testing/temporal-servers';
import { eventually } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { PROMPT_TIMERS } from '../helpers/prompt-timers';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

/** Of Temporal's enums `VersionDrainageStatus` and `RoutingConfigUpdateState`. */
const DRAINED = 2;
const TOLD_TO_ALL = 2;

/** See `until-over.ts`. */
const LONG_HISTORY_EVENTS = 1_000;
const NEWS_AT_ONCE = 100;

const POLL = { initialInterval: '1s', maximumInterval: '1s' };

let server: DevServer;
let connection: Connection;
let client: Client;
let emulator: Emulator;
let deploymentName: string;
let taskQueue: string;
const workers = new Map<string, WorkerProcess>();

beforeAll(async () => {
  server = await startDevServer({
    ui: false,
    own: true,
    dynamicConfig: {
      ...PROMPT_TIMERS,
      'matching.wv.VersionDrainageStatusVisibilityGracePeriod': '1s',
      'matching.wv.VersionDrainageStatusRefreshInterval': '1s',
    },
  });
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
}, 120_000);

afterAll(async () => {
  await connection?.close();
  await server?.stop();
});

beforeEach(async () => {
  emulator = await startEmulator();
  deploymentName = `robots-${randomUUID()}`;
  taskQueue = `robots-${randomUUID()}`;
});

afterEach(async () => {
  await Promise.all([...workers.values()].map((worker) => worker.end('SIGKILL')));
  workers.clear();
  await emulator.close();
});

async function startBuild(buildId: string, more: Record<string, string> = {}): Promise<void> {
  const worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    TEMPORAL_DEPLOYMENT_NAME: deploymentName,
    TEMPORAL_WORKER_BUILD_ID: buildId,
    ...more,
  });
  workers.set(buildId, worker);
}

async function stopBuild(buildId: string): Promise<void> {
  const worker = workers.get(buildId);
  workers.delete(buildId);
  expect(await worker?.end('SIGTERM')).toBe(0);
}

/**
 * What `temporal worker deployment set-current-version` asks for; '' for no version. The server refuses it while it does not
 * know all queues of the version, and tells its parts one after the other.
 */
async function makeCurrent(buildId: string): Promise<void> {
  await eventually(() =>
    client.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName, buildId })
      .then(
        () => true,
        () => false,
      ),
  );
  await eventually(async () => {
    const { workerDeploymentInfo } = await client.workflowService.describeWorkerDeployment({
      namespace: 'default',
      deploymentName,
    });
    return workerDeploymentInfo?.routingConfigUpdateState === TOLD_TO_ALL;
  });
}

/** What `temporal worker deployment set-ramping-version` asks for. */
async function ramp(buildId: string, percentage: number): Promise<void> {
  await client.workflowService.setWorkerDeploymentRampingVersion({
    namespace: 'default',
    deploymentName,
    buildId,
    percentage,
  });
}

/** Of a version that is no longer current. */
async function statusOf(buildId: string): Promise<number | null | undefined> {
  const { workerDeploymentVersionInfo: info } = await client.workflowService.describeWorkerDeploymentVersion({
    namespace: 'default',
    deploymentVersion: { deploymentName, buildId },
  });
  return info?.drainageInfo?.status;
}

/** A robot that ends when the test says so. */
function robot(): { flowId: string; connectionName: string; runMode: string; poll: object } {
  const id = randomUUID();
  emulator.addFlow({ id, name: 'Enter invoice', duration: '1h', result: { ok: true } });
  return { flowId: id, connectionName: id, runMode: 'unattended', poll: POLL };
}

const start = (input: object, workflowType = 'RunDesktopFlow') =>
  client.workflow.start(workflowType, { args: [input], taskQueue, workflowId: randomUUID() });

async function robotOf(handle: WorkflowHandle): Promise<string> {
  const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
  return flowSessionId;
}

async function startRobot() {
  const handle = await start(robot());
  return { handle, flowSessionId: await robotOf(handle) };
}

type Started = Awaited<ReturnType<typeof startRobot>>;

async function ends({
  handle,
  flowSessionId,
}: {
  handle: WorkflowHandle;
  flowSessionId: string;
}): Promise<void> {
  emulator.setStatus(flowSessionId, 'Succeeded');
  await expect(handle.result()).resolves.toMatchObject({ flowSessionId, outputs: { ok: true } });
}

/** Of the last execution of a chain. */
async function buildOf(handle: Pick<WorkflowHandle, 'describe'>): Promise<string | undefined> {
  const { raw } = await handle.describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

/** Which build has started the robot of a run. */
async function starterOf({ workflowId }: WorkflowHandle): Promise<string | undefined> {
  const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
  const trigger = events?.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'triggerFlowRun',
  );
  const started = events?.find(({ activityTaskStartedEventAttributes: attributes }) =>
    attributes?.scheduledEventId?.eq(trigger?.eventId ?? -1),
  );
  const [pid] = started?.activityTaskStartedEventAttributes?.identity?.split('@') ?? [];
  return [...workers].find(([, worker]) => String(worker.pid) === pid)?.[0];
}

async function watcher() {
  const query = `WorkflowType = 'WatchFlowRuns' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  const { workflowId } = await eventually(async () => {
    for await (const execution of client.workflow.list({ query })) return execution;
    return undefined;
  });
  return client.workflow.getHandle(workflowId);
}

const isDrained = (buildId: string) => eventually(async () => (await statusOf(buildId)) === DRAINED);

it('runs stay with their build through a rollout and a rollback, and a build that is drained can be stopped', async () => {
  await startBuild('one');
  await makeCurrent('one');
  const first = await startRobot();
  const watching = await watcher();

  // A build that is not current does nothing, starts included.
  await startBuild('two');
  const beforeRollout = await startRobot();
  expect(await buildOf(beforeRollout.handle)).toBe('one');
  expect(await starterOf(beforeRollout.handle)).toBe('one');

  await ramp('two', 100);
  const onRamp = await startRobot();
  expect(await buildOf(onRamp.handle)).toBe('two');
  await makeCurrent('two');
  const newer = await startRobot();
  expect(await buildOf(newer.handle)).toBe('two');
  expect(await starterOf(newer.handle)).toBe('two');
  await eventually(async () => (await buildOf(watching)) === 'two');
  await ends(first);
  expect(await buildOf(first.handle)).toBe('one');

  // The rollback.
  await makeCurrent('one');
  const afterRollback = await startRobot();
  expect(await buildOf(afterRollback.handle)).toBe('one');
  expect(await statusOf('two')).not.toBe(DRAINED);
  await ends(onRamp);
  await ends(newer);
  expect(await buildOf(newer.handle)).toBe('two');
  await isDrained('two');
  await stopBuild('two');

  await eventually(async () => (await buildOf(watching)) === 'one');
  await ends(beforeRollout);
  await ends(afterRollback);
  expect(emulator.seen.sessions).toHaveLength(5);
}, 120_000);

itTakesLong(
  'a batch, a long run and the watcher live through three builds, of which each is stopped once it is drained, with each robot started once',
  async () => {
    await startBuild('one');
    await makeCurrent('one');
    const items = [robot(), robot(), robot()];
    const batch = await start({ items, maximumConcurrent: 1 }, 'RunDesktopFlows');
    const long = await startRobot();
    const watching = await watcher();
    const builds: unknown[] = [];
    for (const [number, next] of ['two', 'three', undefined].entries()) {
      const item = client.workflow.getHandle(`${batch.workflowId}/${number}`);
      const flowSessionId = await eventually(() => robotOf(item).catch(() => undefined));
      builds.push([
        await buildOf(batch),
        await buildOf(item),
        await starterOf(item),
        await buildOf(long.handle),
      ]);
      if (next === undefined) {
        await ends({ handle: item, flowSessionId });
        break;
      }
      await startBuild(next);
      await makeCurrent(next);
      await ends({ handle: item, flowSessionId });
      await eventually(async () => (await buildOf(batch)) === next);
      await lengthen(long);
      await eventually(async () => (await buildOf(long.handle)) === next);
      const [previous] = workers.keys();
      await isDrained(previous as string);
      await stopBuild(previous as string);
    }
    await ends(long);
    await expect(batch.result()).resolves.toMatchObject({ succeeded: 3, failed: 0, cancelled: 0 });
    expect(builds).toEqual(['one', 'two', 'three'].map((build) => Array(4).fill(build)));
    expect(await buildOf(watching)).toBe('three');
    expect(emulator.seen.sessions).toHaveLength(4);
  },
  180_000,
);

itTakesLong(
  'versions are turned on and off again while robots work, and a run is moved from a build that has no workers',
  async () => {
    const WITHOUT = { TEMPORAL_DEPLOYMENT_NAME: '', TEMPORAL_WORKER_BUILD_ID: '' };
    await startBuild('none', WITHOUT);
    const first = await startRobot();
    await startBuild('one');
    await makeCurrent('one');
    await stopBuild('none');
    const second = await startRobot();
    await first.handle.signal('desktopFlowCompleted', first);
    await eventually(async () => (await buildOf(first.handle)) === 'one');
    await ends(first);

    await startBuild('two');
    await makeCurrent('two');
    await stopBuild('one');
    await client.workflowService.updateWorkflowExecutionOptions({
      namespace: 'default',
      workflowExecution: { workflowId: second.handle.workflowId },
      workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
      updateMask: { paths: ['versioning_override'] },
    });
    await ends(second);
    expect(await buildOf(second.handle)).toBe('two');

    const third = await startRobot();
    expect(await buildOf(third.handle)).toBe('two');
    await startBuild('none', WITHOUT);
    await makeCurrent('');
    const fourth = await startRobot();
    expect(await buildOf(fourth.handle)).toBeUndefined();
    await ends(third);
    await isDrained('two');
    await stopBuild('two');
    await ends(fourth);
    expect(emulator.seen.sessions).toHaveLength(4);
  },
  180_000,
);

/** Has a run go on in a new history, by more news of its robot than a history has room for. */
async function lengthen({ handle, flowSessionId }: Started): Promise<void> {
  const { workflowId } = handle;
  const before = await client.workflow.getHandle(workflowId).describe();
  // Not more: while news comes, no execution can end.
  for (let length = before.historyLength; length < LONG_HISTORY_EVENTS; length += NEWS_AT_ONCE) {
    const news = () =>
      client.workflow.getHandle(workflowId).signal('desktopFlowCompleted', { flowSessionId });
    await Promise.all(Array.from({ length: NEWS_AT_ONCE }, news));
  }
  await eventually(
    async () => (await client.workflow.getHandle(workflowId).describe()).runId !== before.runId,
  );
}
