/** A server that tests stop and start again, on one port, with what it keeps. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { type ServerProcess, spawnServer } from '../../src/testing/temporal-servers/server-process';
import { eventually } from './harness';

export interface RestartableServer {
  /** Ends the process. */
  stop(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
}

interface Program {
  path: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** On 127.0.0.1, where it listens once it is there. */
  port: number;
}

export async function startRestartable({ path, args, env, port }: Program): Promise<RestartableServer> {
  let server: ServerProcess | undefined;
  const restartable = {
    async start() {
      server = await spawnServer(path, args, env);
      await Promise.race([eventually(() => listens(port)), server.ended]);
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
  };
  await restartable.start();
  return restartable;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
