/** A right set-up, which a test makes wrong in one way: an emulator of its own, and the worker and receiver of the file. */
import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { startCallbackReceiver } from '../../src/callback/receiver';
import { startsQueueOf } from '../../src/common/start-priority';
import { packageVersion } from '../../src/config/package-version';
import { CHECKS } from '../../src/doctor/checks';
import { type Examined, type ExamineOptions, examine } from '../../src/doctor/examine';
import { Setup, type SetupOptions } from '../../src/doctor/setup';
import { findingsOf } from '../../src/doctor/text';
import { PowerAutomatePlugin } from '../../src/plugin/plugin';
import { recentPollers, TaskQueueType } from '../../src/temporal/pollers';
import {
  type Emulator,
  type EmulatorOptions,
  type FlowDefinition,
  startEmulator,
} from '../../src/testing/emulator';
import { workflowBundle } from '../helpers/bundle';
import { eventually, setUp } from '../helpers/harness';

export type Environment = Record<string, string>;
export type About = Pick<SetupOptions, 'flow' | 'connection' | 'reference'>;

export const FLOW: FlowDefinition = { id: randomUUID(), name: 'Enter invoice', duration: 0 };
export const REFERENCE = 'new_invoices';
export const CONNECTION = 'invoices';

export const ENVIRONMENT_OF_DATAVERSE: NonNullable<EmulatorOptions['flows']> = {
  flows: [FLOW],
  machines: [{ name: 'vm-1', connections: [CONNECTION] }],
  connectionReferences: { [REFERENCE]: CONNECTION },
};

/** Of a machine that is busy. */
const PATIENCE_MS = 30_000;

export const VERSION = packageVersion() ?? '';

const SIGNING_KEY = 'a-signing-key-of-the-tests';

export interface Ground {
  taskQueue: string;
  callbackPort: number;
  connection: Connection;
  close(): Promise<void>;
}

/** Worker, receiver and connection for all tests of a file. */
export async function startGround(): Promise<Ground> {
  const taskQueue = `doctor-${randomUUID()}`;
  const emulator = await startEmulator();
  const [connection, worker, receiver] = await Promise.all([
    Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') }),
    startPluginWorker(taskQueue, emulator),
    startCallbackReceiver({
      port: 0,
      namespace: 'default',
      keys: async () => [SIGNING_KEY],
      wakeUp: async () => undefined,
    }),
  ]);
  await eventually(() => isPolled(connection, taskQueue));
  return {
    taskQueue,
    callbackPort: receiver.port,
    connection,
    async close() {
      await worker.close();
      await receiver.close();
      await connection.close();
      await emulator.close();
    },
  };
}

export async function startPluginWorker(taskQueue: string, { environment }: Emulator) {
  return startPlainWorker(taskQueue, {
    workflowBundle: await workflowBundle(),
    plugins: [new PowerAutomatePlugin({ environment: { ...environment } })],
  });
}

export async function startPlainWorker(
  taskQueue: string,
  options: Partial<Parameters<typeof Worker.create>[0]>,
) {
  const connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  const worker = await Worker.create({ connection, taskQueue, ...options });
  const running = worker.run();
  return {
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

export async function isPolled(connection: Connection, taskQueue: string): Promise<boolean> {
  const queues = [
    [taskQueue, TaskQueueType.WORKFLOW],
    [taskQueue, TaskQueueType.ACTIVITY],
    [startsQueueOf(taskQueue), TaskQueueType.ACTIVITY],
  ] as const;
  const polled = await Promise.all(
    queues.map(([name, taskQueueType]) =>
      recentPollers(connection, { namespace: 'default', taskQueue: name, taskQueueType }),
    ),
  );
  return polled.every((pollers) => pollers.length > 0);
}

export function rightEnvironment(emulator: Emulator, { taskQueue, callbackPort }: Ground): Environment {
  return {
    ...emulator.environment,
    TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_TASK_QUEUE: taskQueue,
    CALLBACK_BASE_URL: `http://127.0.0.1:${callbackPort}/callbacks`,
    CALLBACK_SIGNING_KEYS: SIGNING_KEY,
  };
}

export const ABOUT: About = { flow: FLOW.id, connection: CONNECTION, reference: REFERENCE };

export async function examined(
  environment: Environment,
  about: About = {},
  options: ExamineOptions = {},
): Promise<Examined[]> {
  const setup = new Setup({ environment, version: VERSION, patienceMs: PATIENCE_MS, ...about });
  try {
    return await examine(CHECKS, setup, options);
  } finally {
    await setup.close();
  }
}

export function codesOf(all: readonly Examined[]): string[] {
  return findingsOf(all).map(({ code }) => code);
}
