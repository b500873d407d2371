/** A worker of this project's real workflows and activities, against the emulator over HTTP. */
import { randomUUID } from 'node:crypto';
import {
  type Client,
  Connection,
  WorkflowFailedError,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { type CreateActivitiesOptions, createActivities } from '../../src/activities';
import type { FlowRunActivities } from '../../src/common/activities';
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from '../../src/common/result';
import { environmentSecrets } from '../../src/config/secrets';
import { failAfterClose } from '../../src/temporal/closed-connection';
import {
  type Emulator,
  type EmulatorOptions,
  type FlowDefinition,
  startEmulator,
} from '../../src/testing/emulator';
import { workflowBundle } from './bundle';

Runtime.install({ logger: new DefaultLogger('ERROR') });

type Connector = Partial<CreateActivitiesOptions>;

export interface HarnessOptions {
  /** On the time-skipping server, with the emulator on its clock. @default false, the dev server */
  timeSkipping?: boolean;
  /** In a namespace of its own, where no run of another test is to be seen. Not with `timeSkipping`. @default false */
  ownNamespace?: boolean;
  /** host:port of another dev server than that of all tests. */
  address?: string;
  /** @default one of its own */
  taskQueue?: string;
  /** Whether the worker offers shared polling. @default false */
  sharedPolling?: boolean;
  emulator?: EmulatorOptions;
  /** For the activities, besides the emulator as the worker's own organization. */
  connector?: Connector | ((emulator: Emulator) => Connector);
  /** The caller's own, besides those of this project. */
  activities?: Record<string, (input: never) => Promise<unknown>>;
}

export interface Harness {
  readonly env: TestWorkflowEnvironment;
  readonly client: Client;
  readonly emulator: Emulator;
  readonly taskQueue: string;
  /** A flow of its own for a test, and an input that runs it. */
  flow(definition?: Partial<FlowDefinition>): RunDesktopFlowInput;
  /** @param workflowType @default 'RunDesktopFlow' */
  start(input: unknown, workflowType?: string): Promise<WorkflowHandleWithFirstExecutionRunId>;
  run(input: unknown): Promise<RunDesktopFlowResult>;
  /** Runs to a failure. */
  fail(input: unknown): Promise<Failed>;
  /** Terminates what a test has left open. */
  endRuns(): Promise<void>;
  close(): Promise<void>;
}

export interface Failed {
  failure: ApplicationFailure;
  details: RunDesktopFlowFailureDetails;
  workflowId: string;
}

const CENTURY_S = 3_155_760_000;

/**
 * The time-skipping server skips on to the next timer when all is done and nobody has told it yet that the test goes on:
 * by ten years, where that timer is the time-out of an execution that has none.
 */
const LONGEST_RUN = '40 days';

const TEST_POLL = { initialInterval: 50, maximumInterval: 100, shared: false };
const TEST_RETRY = { initialInterval: 50, maximumInterval: 100 };

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const env = await connect(options);
  // A test may leave a call behind; the environment takes no interceptors.
  env.connection.options.interceptors?.push(failAfterClose);
  let clockMs = Date.now();
  // Tokens that outlast any skip: one that ends would have the next request refused, and use up its fault.
  const clock = options.timeSkipping ? { clock: () => clockMs, tokenLifetimeSeconds: CENTURY_S } : {};
  const emulator = await startEmulator({ ...clock, ...options.emulator });
  const { organizationUri, credentials } = target(emulator);
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`;
  const ours = createActivities({
    ...(options.sharedPolling && { watcherTaskQueue: taskQueue }),
    organizationUri,
    credentials,
    secrets: environmentSecrets({}),
    // Of real minutes: where time is skipped, a day of requests falls into one.
    ...(options.timeSkipping && { limits: { requestBudget: 1_000_000 } }),
    ...(typeof options.connector === 'function' ? options.connector(emulator) : options.connector),
  });
  const activities = { ...ours, ...options.activities };
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: options.timeSkipping
      ? before(activities, async () => {
          clockMs = await env.currentTimeMs();
        })
      : activities,
  });
  const running = worker.run();

  let started: WorkflowHandleWithFirstExecutionRunId[] = [];
  async function start(input: unknown, workflowType = 'RunDesktopFlow') {
    const handle = await env.client.workflow.start(workflowType, {
      args: [input],
      taskQueue,
      workflowId: randomUUID(),
      ...(options.timeSkipping && { workflowExecutionTimeout: LONGEST_RUN }),
    });
    started.push(handle);
    return handle;
  }

  return {
    env,
    client: env.client,
    emulator,
    taskQueue,
    flow(definition = {}) {
      const flow = { name: 'A flow', duration: 0, ...definition, id: definition.id ?? randomUUID() };
      emulator.addFlow(flow);
      const connectionName = `connection-${flow.id}`;
      return { flowId: flow.id, connectionName, runMode: 'unattended', poll: TEST_POLL, retry: TEST_RETRY };
    },
    start,
    run: async (input) => (await start(input)).result(),
    fail: async (input) => failureOf(await start(input)),
    async endRuns() {
      const handles = started;
      started = [];
      // Refused for those that are over.
      await Promise.all(handles.map((handle) => handle.terminate().catch(() => undefined)));
    },
    async close() {
      worker.shutdown();
      await running;
      await emulator.close();
      await env.teardown();
    },
  };
}

async function connect(options: HarnessOptions): Promise<TestWorkflowEnvironment> {
  if (!options.timeSkipping) {
    const { address = setUp('TEST_TEMPORAL_ADDRESS'), ownNamespace } = options;
    const namespace = ownNamespace ? await newNamespace(address) : 'default';
    return TestWorkflowEnvironment.createFromExistingServer({ address, namespace });
  }
  const path = setUp('TEST_TEMPORAL_TIME_SKIPPING_SERVER');
  const start = () =>
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } });
  // The SDK gives it 5 seconds; on a machine that is busy, Java takes longer the first time.
  return start().catch(start).catch(start);
}

export async function newNamespace(address: string): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  await workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  // Every part of the server gets to know it in its own time.
  await eventually(() =>
    workflowService.listWorkflowExecutions({ namespace }).then(
      () => true,
      () => false,
    ),
  );
  await connection.close();
  return namespace;
}

/** What the global set-up of the tests has left in the environment. */
export function setUp(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: run the tests with jest, from the root of the project`);
  return value;
}

/** The emulator as a worker's own organization. */
export function target(emulator: Emulator) {
  const { url, clientId, clientSecret, tokenEndpoint } = emulator;
  return {
    organizationUri: url,
    credentials: { type: 'oauth' as const, clientId, clientSecret, tokenEndpoint },
  };
}

export async function failureOf(handle: WorkflowHandle): Promise<Failed> {
  const error: unknown = await handle.result().then(
    (result) => new Error(`expected a failure, got ${JSON.stringify(result)}`),
    (thrown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError)) throw error;
  const failure = error.cause as ApplicationFailure;
  return {
    failure,
    details: failure.details?.[0] as RunDesktopFlowFailureDetails,
    workflowId: handle.workflowId,
  };
}

/** The same activities, each after something else. */
function before(activities: FlowRunActivities, first: () => Promise<void>): FlowRunActivities {
  const entries = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      await first();
      return activity(input);
    },
  ]);
  return Object.fromEntries(entries);
}

/** The details of a run, as Temporal's web UI shows them. */
export async function detailsOf(handle: Pick<WorkflowHandle, 'query'>): Promise<string> {
  const { currentDetails = '' } = await handle.query<{ currentDetails?: string }>(
    '__temporal_workflow_metadata',
  );
  return currentDetails;
}

/** Waits for a condition, without guessing how long it takes. */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const until = Date.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > until) throw new Error(`not within ${withinMs} ms: ${probe}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
