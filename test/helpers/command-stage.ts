/** What the command needs around it: an emulator over HTTP, a worker process, and Temporal's dev server. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DesktopFlows } from '../../src/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { runProgram, type Spawned, spawnProgram } from './built-process';
import { setUp } from './harness';
import { openTerminal, type Terminal } from './terminal';
import { startWorker, type WorkerProcess } from './worker-process';

export interface Stage {
  emulator: Emulator;
  client: Client;
  flows: DesktopFlows;
  taskQueue: string;
  worker: WorkerProcess;
  /** Of the command and of the worker. */
  environment: Record<string, string>;
  /** Runs the command to its end. */
  desktopFlow(args: string[], environment?: Record<string, string>): ReturnType<typeof runProgram>;
  spawn(args: string[], environment?: Record<string, string>): Spawned;
  terminal(args: string[]): Terminal;
  close(): Promise<void>;
}

const CLI = 'cli/main.js';

export async function setStage(options: Parameters<typeof startEmulator>[0] = {}): Promise<Stage> {
  const address = setUp('TEST_TEMPORAL_ADDRESS');
  const taskQueue = `cli-${randomUUID()}`;
  const emulator = await startEmulator(options);
  const environment = {
    ...emulator.environment,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: taskQueue,
  };
  const worker = await startWorker({
    ...environment,
    POWER_AUTOMATE_SETTLING_WINDOW: '1s',
    CALLBACK_BASE_URL: 'off',
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    emulator,
    client,
    flows: new DesktopFlows(client, { taskQueue }),
    taskQueue,
    worker,
    environment,
    desktopFlow: (args, other = {}) => runProgram({ file: CLI, args }, { ...environment, ...other }),
    spawn: (args, other = {}) => spawnProgram({ file: CLI, args }, { ...environment, ...other }),
    terminal: (args) => openTerminal(CLI, args, environment),
    async close() {
      await connection.close();
      await worker.end('SIGTERM');
      await emulator.close();
    },
  };
}
