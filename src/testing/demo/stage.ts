/**
 * HOST, development only: starts what the demo needs (a Temporal server, the emulator, the worker) where it is missing,
 * and ends what it started.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { type Emulator, startEmulator } from '../emulator';
import { type DevServer, startDevServer } from '../temporal-servers';
import { spawnServer } from '../temporal-servers/server-process';

export interface Stage {
  server: DevServer;
  emulator: Emulator;
  client: Client;
  taskQueue: string;
  /** Rejects when the worker ends too early. */
  broken: Promise<never>;
}

const WORKER = path.join(__dirname, '..', '..', 'worker.js');

/** Puts each part on `closers` as soon as it runs, so that it can be ended whatever happens later. */
export async function setStage(closers: (() => Promise<void>)[]): Promise<Stage> {
  const server = await startDevServer();
  closers.push(() => server.stop());
  const emulator = await startEmulator();
  closers.push(() => emulator.close());

  // Each emulator has its own worker: on a shared server another demo must not get our runs.
  const taskQueue = `demo-${randomUUID().slice(0, 8)}`;
  const environment = {
    ...process.env,
    ...emulator.environment,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    LOG_LEVEL: 'warn',
  };
  const worker = await spawnServer(process.execPath, [WORKER], environment);
  closers.push(() => worker.stop());

  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect({ ...connectionOptions, address: server.address });
  closers.push(() => connection.close());
  return { server, emulator, client: new Client({ connection, namespace }), taskQueue, broken: worker.ended };
}
