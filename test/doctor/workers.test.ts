/** What the doctor says of workers that are not as they should be, each on a task queue of its own; and what it mends. */
import { randomUUID } from 'node:crypto';
import { createActivities } from '../../src/activities';
import { startsQueueOf } from '../../src/common/start-priority';
import { environmentSecrets } from '../../src/config/secrets';
import { PowerAutomatePlugin } from '../../src/plugin/plugin';
import { TaskQueueType } from '../../src/temporal/pollers';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { workflowBundle } from '../helpers/bundle';
import { eventually, target } from '../helpers/harness';
import {
  codesOf,
  ENVIRONMENT_OF_DATAVERSE,
  examined,
  type Ground,
  isPolled,
  rightEnvironment,
  startGround,
  startPlainWorker,
  startPluginWorker,
  VERSION,
} from './situation';

let ground: Ground;
let emulator: Emulator;

beforeAll(async () => {
  ground = await startGround();
  emulator = await startEmulator({ flows: ENVIRONMENT_OF_DATAVERSE });
}, 120_000);

afterAll(async () => {
  await emulator.close();
  await ground.close();
});

type Closing = { close(): Promise<void> };

const opened: Closing[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(worker: Promise<Closing>): Promise<void> {
  opened.push(await worker);
}

const plugin = () => new PowerAutomatePlugin({ environment: { ...emulator.environment } });

const queue = () => `doctor-${randomUUID()}`;
const activities = () => createActivities({ ...target(emulator), secrets: environmentSecrets({}) });

const examineQueue = (taskQueue: string, fix = false) =>
  examined({ ...rightEnvironment(emulator, ground), TEMPORAL_TASK_QUEUE: taskQueue }, {}, { fix });

const findings = async (taskQueue: string) => codesOf(await examineQueue(taskQueue));

/** A poll is seen some time after it has begun. */
const eventuallyFinds = (taskQueue: string, code: string) =>
  eventually(async () => {
    const codes = await findings(taskQueue);
    return codes.length === 1 && codes[0] === code;
  });

const plain = async (taskQueue: string) =>
  startPlainWorker(taskQueue, { workflowBundle: await workflowBundle(), activities: activities() });

const starts = (taskQueue: string, version?: string) =>
  startPlainWorker(startsQueueOf(taskQueue), {
    activities: { triggerFlowRun: activities().triggerFlowRun },
    // Two of one process would be one poller.
    identity: `starts-${version}`,
    ...(version && {
      workerDeploymentOptions: {
        version: { deploymentName: 'temporal-power-automate', buildId: version },
        useWorkerVersioning: false,
      },
    }),
  });

it('finds that workers have no plugin, and so no worker of starts', async () => {
  const taskQueue = queue();
  await open(plain(taskQueue));
  await eventuallyFinds(taskQueue, 'no-starts-worker');
});

it('finds that the workers have no workflows', async () => {
  const taskQueue = queue();
  await open(startPlainWorker(taskQueue, { activities: activities() }));
  await eventuallyFinds(taskQueue, 'no-worker-of-workflows');
});

it('finds that the workers are of another version', async () => {
  const taskQueue = queue();
  await open(plain(taskQueue));
  await open(starts(taskQueue, '0.0.1'));
  await eventuallyFinds(taskQueue, 'worker-version-differs');
  expect(JSON.stringify(await examineQueue(taskQueue))).toContain('They are 0.0.1');
});

it('does not guess the version of workers that tell none', async () => {
  const taskQueue = queue();
  await open(plain(taskQueue));
  await open(starts(taskQueue));
  await eventually(() => isPolled(ground.connection, taskQueue));
  const all = await examineQueue(taskQueue);
  expect(codesOf(all)).toEqual([]);
  expect(all.find(({ id }) => id === 'worker-versions')).toMatchObject({ status: 'untold' });
});

it('finds that workers of two versions poll one task queue', async () => {
  const taskQueue = queue();
  await open(plain(taskQueue));
  await open(starts(taskQueue, '0.0.1'));
  await open(starts(taskQueue, VERSION));
  await eventuallyFinds(taskQueue, 'workers-differ');
});

it('tells the version of a worker with the plugin', async () => {
  const all = await examineQueue(ground.taskQueue);
  expect(all.find(({ id }) => id === 'worker-versions')).toMatchObject({
    status: 'passed',
    detail: expect.stringMatching(new RegExp(`^${VERSION.replaceAll('.', '\\.')}, @temporalio/worker@`)),
  });
});

it('tells which version of a worker deployment is current, and finds that none is, or one without workers', async () => {
  const taskQueue = queue();
  const options = { workflowBundle: await workflowBundle(), plugins: [plugin()] };
  for (const buildId of ['one', 'two']) {
    const workerDeploymentOptions = {
      version: { deploymentName: taskQueue, buildId },
      useWorkerVersioning: true as const,
      defaultVersioningBehavior: 'PINNED' as const,
    };
    await open(startPlainWorker(taskQueue, { ...options, identity: buildId, workerDeploymentOptions }));
  }
  await eventuallyFinds(taskQueue, 'no-current-version');
  const makeCurrent = (buildId: string) =>
    ground.connection.workflowService.setWorkerDeploymentCurrentVersion({
      namespace: 'default',
      deploymentName: taskQueue,
      buildId,
      allowNoPollers: true,
      ignoreMissingTaskQueues: true,
    });
  await makeCurrent('gone');
  await eventuallyFinds(taskQueue, 'current-version-without-workers');
  await makeCurrent('one');
  const told = await eventually(async () => {
    const all = await examineQueue(taskQueue);
    return codesOf(all).length === 0 && all.find(({ id }) => id === 'worker-versions');
  });
  expect(told).toMatchObject({ status: 'passed', detail: `${taskQueue}: one, and beside it two` });
});

describe('limits of the server', () => {
  const taskQueue = queue();
  const startsQueue = {
    namespace: 'default',
    taskQueue: startsQueueOf(taskQueue),
    taskQueueType: TaskQueueType.ACTIVITY,
  };

  beforeEach(async () => {
    await open(startPluginWorker(taskQueue, emulator));
    await eventually(() => isPolled(ground.connection, taskQueue));
  });

  it('are found where they hold starts back, and left alone: somebody may want them', async () => {
    const limit = (rateLimit: object | null) =>
      ground.connection.workflowService.updateTaskQueueConfig({
        ...startsQueue,
        updateQueueRateLimit: { rateLimit, reason: 'a test' },
      });
    await limit({ requestsPerSecond: 0.1 });
    await eventuallyFinds(taskQueue, 'queue-rate-limited');
    expect(codesOf(await examineQueue(taskQueue, true))).toEqual(['queue-rate-limited']);
    await limit(null);
    await eventually(async () => (await findings(taskQueue)).length === 0);
  });

  it('are found where an older worker has set them, and taken away by fix', async () => {
    await ground.connection.workflowService.updateTaskQueueConfig({
      ...startsQueue,
      updateFairnessKeyRateLimitDefault: { rateLimit: { requestsPerSecond: 1 }, reason: 'an older worker' },
    });
    await eventuallyFinds(taskQueue, 'starts-limit-of-older-worker');
    const all = await examineQueue(taskQueue, true);
    expect(all.find(({ id }) => id === 'queue-limits')).toMatchObject({ status: 'fixed' });
    expect(await findings(taskQueue)).toEqual([]);
  });
});

it('creates a namespace that is missing, and only when it is told to', async () => {
  const namespace = `doctor-${randomUUID()}`;
  const environment = { ...rightEnvironment(emulator, ground), TEMPORAL_NAMESPACE: namespace };
  expect(codesOf(await examined(environment))).toEqual(['namespace-missing']);
  const all = await examined(environment, {}, { fix: true });
  expect(all.find(({ id }) => id === 'namespace')).toMatchObject({
    status: 'fixed',
    detail: `the namespace ${namespace} was created`,
  });
  // Nobody works in it yet.
  expect(codesOf(all)).toEqual(['no-worker']);
  expect(codesOf(await examined(environment))).toEqual(['no-worker']);
}, 60_000);
