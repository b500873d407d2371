/** The Nexus service of a worker with the plugin, called from another namespace of the real server. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  NexusOperationFailure,
  type TemporalFailure,
} from '@temporalio/common';
import {
  bundleWorkflowCode,
  DefaultLogger,
  type NexusInboundCallsInterceptor,
  Worker,
} from '@temporalio/worker';
import { HandlerError } from 'nexus-rpc';
import { PowerAutomatePlugin, type PowerAutomatePluginOptions } from '../../src';
import { describeEndpoint, ensureEndpoint } from '../../src/nexus/endpoint';
import { workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const logger = new DefaultLogger('ERROR');
const endpoint = `test-${randomUUID()}`;
const taskQueue = `nexus-${randomUUID()}`;
const callersQueue = `callers-${randomUUID()}`;

/** The caller's side, with a worker of its own in a namespace of its own. */
let caller: Harness;
let robots: Harness;
let running: Promise<void>[];
let workers: Worker[];

beforeAll(async () => {
  [robots, caller] = await Promise.all([startHarness(), startHarness({ ownNamespace: true })]);
  await ensureEndpoint(robots.env.connection.operatorService, { endpoint, namespace: 'default', taskQueue });
  workers = await Promise.all([
    Worker.create({
      connection: robots.env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      plugins: [new PowerAutomatePlugin({ environment: robots.emulator.environment })],
      interceptors: { nexus: [() => ({ inbound: { startOperation } })] },
    }),
    Worker.create({
      connection: caller.env.nativeConnection,
      namespace: caller.env.namespace,
      taskQueue: callersQueue,
      workflowBundle: await bundleWorkflowCode({
        workflowsPath: path.join(__dirname, 'workflows', 'callers.ts'),
        logger,
      }),
    }),
  ]);
  running = workers.map((worker) => worker.run());
}, 90_000);

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await Promise.all([caller.close(), robots.close()]);
});

/** Whether the next operation that was started is not told to Temporal, which tries it again. */
let losesAnswer = false;

const startOperation: NonNullable<NexusInboundCallsInterceptor['startOperation']> = async (input, next) => {
  const started = await next(input);
  if (!losesAnswer) return started;
  losesAnswer = false;
  throw new HandlerError('INTERNAL', 'the answer was lost');
};

const call = (input: unknown, workflowType = 'callRunDesktopFlow') =>
  caller.client.workflow.start(workflowType, {
    args: [endpoint, input],
    taskQueue: callersQueue,
    workflowId: randomUUID(),
    workflowExecutionTimeout: '60s',
  });

/** What the calling workflow caught: the failure of the operation, and what caused that. */
async function operationFailure(input: unknown): Promise<{ failure: unknown; cause: unknown }> {
  const handle = await call(input);
  const error = await handle.result().catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowFailedError)) throw new Error(`expected a failure, got ${error}`);
  return { failure: error.cause, cause: (error.cause as TemporalFailure).cause };
}

const sessionsOf = ({ flowId }: { flowId: string }) =>
  robots.emulator.seen.sessions.filter((session) => session.flowId === flowId);

describe('the operation runDesktopFlow, called from another namespace', () => {
  it('gives the result of the run', async () => {
    const input = robots.flow({ result: { Booking: 'B-1' } });
    const handle = await call(input);
    await expect(handle.result()).resolves.toMatchObject({
      outputs: { Booking: 'B-1' },
      status: 'Succeeded',
    });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('fails as the run does, with its type and its details', async () => {
    const input = robots.flow({ ends: { status: 'Failed', errorCode: 'ElementNotFound' } });
    const { failure, cause } = await operationFailure(input);
    expect(failure).toBeInstanceOf(NexusOperationFailure);
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({
      type: 'DesktopFlowFailed',
      details: [{ status: 'Failed', origin: 'desktopFlow', attempts: [{ status: 'Failed' }] }],
    });
  });

  it('refuses bad input at once as BAD_REQUEST, naming every field, and starts nothing', async () => {
    const input = { ...robots.flow(), flowId: 'invoice', runMode: 'alone', workflowId: '' };
    const { failure, cause } = await operationFailure(input);
    expect(failure).toBeInstanceOf(NexusOperationFailure);
    expect(cause).toBeInstanceOf(HandlerError);
    const { type, retryable, message, cause: invalid } = cause as HandlerError;
    expect([type, retryable]).toEqual(['BAD_REQUEST', false]);
    expect(message).toMatch(/workflowId: .*flowId: .*runMode: /);
    expect(invalid).toMatchObject({
      type: 'InvalidInput',
      details: [{ problems: [{ field: 'workflowId' }, { field: 'flowId' }, { field: 'runMode' }] }],
    });
    expect(sessionsOf(input)).toEqual([]);
  });

  it('stops the robot when it is cancelled', async () => {
    const input = robots.flow({ duration: '10m' });
    const handle = await call(input);
    await eventually(() => sessionsOf(input).length === 1);
    await handle.cancel();
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
    expect(sessionsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
  });

  itTakesLong(
    'takes the workflow id that the caller gives, and refuses a second run of it while it is under way',
    async () => {
      const workflowId = `invoice-${randomUUID()}`;
      const input = { ...robots.flow({ duration: '10m' }), workflowId };
      const handle = await call(input);
      await eventually(() => sessionsOf(input).length === 1);
      const { cause } = await operationFailure(input);
      expect(cause).toBeInstanceOf(HandlerError);
      expect((cause as HandlerError).message).toContain(`a workflow '${workflowId}' already`);
      expect(sessionsOf(input)).toHaveLength(1);
      await robots.client.workflow.getHandle(workflowId).cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    },
  );
});

describe('a start of the operation whose answer is lost', () => {
  it('starts no second robot when Temporal tries it again', async () => {
    const input = robots.flow({ result: { Booking: 'B-2' } });
    losesAnswer = true;
    const handle = await call(input);
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-2' } });
    expect(losesAnswer).toBe(false);
    expect(sessionsOf(input)).toHaveLength(1);
  });
});

describe('a worker', () => {
  /** Of `temporal.api.enums.v1.TaskQueueType`. */
  const [ACTIVITY, NEXUS] = [2, 3];
  const polls = async (taskQueueType: number, name: string) => {
    const request = { namespace: 'default', taskQueue: { name }, taskQueueType };
    const { pollers } = await robots.env.connection.workflowService.describeTaskQueue(request);
    return pollers.length > 0;
  };
  const createWorker = async (options: PowerAutomatePluginOptions, withWorkflows: boolean) =>
    Worker.create({
      connection: robots.env.nativeConnection,
      taskQueue: `nexus-${randomUUID()}`,
      ...(withWorkflows && { workflowBundle: await workflowBundle() }),
      plugins: [new PowerAutomatePlugin(options)],
    });

  it.each([
    ['has workflows', {}, true, true],
    ['is told so by POWER_AUTOMATE_NEXUS', { POWER_AUTOMATE_NEXUS: 'off' }, true, false],
    ['has no workflows', {}, false, false],
  ])('that %s: answers to Nexus is %j', async (_case, variables, withWorkflows, answers) => {
    const environment = { ...robots.emulator.environment, ...variables };
    const worker = await createWorker({ environment }, withWorkflows);
    const { taskQueue } = worker.options;
    await worker.runUntil(async () => {
      await eventually(() => polls(answers ? NEXUS : ACTIVITY, taskQueue));
      expect(await polls(NEXUS, taskQueue)).toBe(answers);
    });
  });
});

describe('the operation runDesktopFlows', () => {
  it('gives the result of the batch', async () => {
    const handle = await call({ items: [robots.flow(), robots.flow()] }, 'callRunDesktopFlows');
    await expect(handle.result()).resolves.toMatchObject({ succeeded: 2, failed: 0 });
  });
});

describe('an endpoint', () => {
  it('is created, found unchanged, and updated where its target is another', async () => {
    const { operatorService } = robots.env.connection;
    const target = { endpoint: `again-${randomUUID()}`, namespace: 'default', taskQueue };
    await expect(ensureEndpoint(operatorService, target)).resolves.toBe('created');
    await expect(ensureEndpoint(operatorService, target)).resolves.toBe('unchanged');
    const moved = { ...target, taskQueue: 'other' };
    await expect(ensureEndpoint(operatorService, moved)).resolves.toBe('updated');
    await expect(describeEndpoint(operatorService, target.endpoint)).resolves.toMatchObject({
      spec: { target: { worker: { namespace: 'default', taskQueue: 'other' } } },
    });
  });
});
