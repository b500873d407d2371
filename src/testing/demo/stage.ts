/** What the demo needs: a Temporal server, the emulator, the worker. Starts what is missing and ends what it started. */
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
  /** Rejects when the worker ends before its time. */
  broken: Promise<never>;
}

const WORKER = path.join(__dirname, '..', '..', 'worker.js');

/** Each part is put on `closers` as soon as it stands, so that whatever happens later it can be ended. */
export async function setStage(closers: (() => Promise<void>)[]): Promise<Stage> {
  const server = await startDevServer();
  closers.push(() => server.stop());
  const emulator = await startEmulator();
  closers.push(() => emulator.close());

  // One worker for one emulator: on a server that is shared, another demo must not get our runs.
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
