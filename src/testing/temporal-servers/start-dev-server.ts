/** HOST, development only: starts a Temporal dev server, or uses the one at TEMPORAL_ADDRESS. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { findDevServer } from './find-dev-server';
import type { FindServerOptions } from './find-options';
import { freePort } from './free-port';
import { spawnServer } from './server-process';

export interface StartDevServerOptions extends FindServerOptions {
  /** Namespace to create. @default 'default' */
  namespace?: string;
  /** File that keeps the server's state from one start to the next. @default none: in memory */
  dbFilename?: string;
  /** Whether to serve the web UI. @default true */
  ui?: boolean;
  /** gRPC port on 127.0.0.1. @default a free one */
  port?: number;
  /** Port of the web UI on 127.0.0.1. @default a free one */
  uiPort?: number;
  /** Port on 127.0.0.1 where the server shows its metrics to Prometheus, at /metrics. @default none */
  metricsPort?: number;
  /** The server's dynamic configuration, such as `{'limit.blobSize.error': 4194304}`. @default the server's own */
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** Starts a server even where TEMPORAL_ADDRESS names one, for tests that end their server. @default false */
  own?: boolean;
}

export interface DevServer {
  /** host:port of the gRPC API. */
  address: string;
  /** URL of the web UI; undefined without one, and for a server that was found at TEMPORAL_ADDRESS. */
  uiUrl?: string;
  /** Process id; undefined for a server that was found at TEMPORAL_ADDRESS. */
  pid?: number;
  /** Where the server came from, for messages. */
  origin: string;
  /** Ends the server, if it was started here, and waits until it has ended. */
  stop(): Promise<void>;
  /** Ends the server as a crash would (SIGKILL). Throws for a server that was not started here. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const PORT_ATTEMPTS = 3;
const PORT_TAKEN = /can't (?:set|use) .*port|address already in use/i;

/** Starts a Temporal dev server and waits until it serves its namespace; or uses the one at TEMPORAL_ADDRESS. */
export async function startDevServer(options: StartDevServerOptions = {}): Promise<DevServer> {
  const env = { ...(options.env ?? process.env) };
  if (options.own) env.TEMPORAL_ADDRESS = undefined;
  const found = await findDevServer({ ...options, env });
  if (found.kind === 'address') return useRunning(found.address, env);
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(found.path, found.origin, options, env);
    } catch (error) {
      const lostRace = PORT_TAKEN.test((error as Error).message) && options.port === undefined;
      if (!lostRace || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function useRunning(address: string, env: NodeJS.ProcessEnv): Promise<DevServer> {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS });
    await connection.close();
  } catch (cause) {
    throw new Error(
      `No Temporal server answers at TEMPORAL_ADDRESS (${address}): start it, or unset TEMPORAL_ADDRESS to have one started`,
      { cause },
    );
  }
  return {
    address,
    origin: 'TEMPORAL_ADDRESS',
    stop: async () => undefined,
    kill: async () => {
      throw new Error(
        'The server at TEMPORAL_ADDRESS was not started here and is not ended here; start one with `own: true`',
      );
    },
  };
}

async function launch(
  path: string,
  origin: string,
  options: StartDevServerOptions,
  env: NodeJS.ProcessEnv,
): Promise<DevServer> {
  const { namespace = 'default', dbFilename, ui = true, metricsPort, dynamicConfig = {} } = options;
  const port = options.port ?? (await freePort());
  const uiPort = ui ? (options.uiPort ?? (await freePort())) : undefined;
  const address = `127.0.0.1:${port}`;
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'warn'];
  args.push('--namespace', namespace);
  // By default the dev server makes starts of different connections wait for each other.
  args.push('--dynamic-config-value', 'matching.enableFairness=true');
  args.push(...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]));
  if (dbFilename !== undefined) args.push('--db-filename', dbFilename);
  if (metricsPort !== undefined) args.push('--metrics-port', String(metricsPort));
  for (const [key, value] of Object.entries(dynamicConfig)) {
    // The CLI reads each value as JSON.
    args.push('--dynamic-config-value', `${key}=${JSON.stringify(value)}`);
  }

  const server = await spawnServer(path, args, withoutTemporal(env));
  try {
    await untilServing(address, namespace, server.ended);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  return { address, uiUrl, pid: server.pid, origin, stop: server.stop, kill: server.kill };
}

/** Leaves out TEMPORAL_*: the CLI reads it too, and what is meant for clients must not change the server. */
function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Asks until the server answers, its process ends or the time is up. */
async function untilServing(address: string, namespace: string, ended: Promise<never>): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let gone = false;
  ended.catch(() => {
    gone = true;
  });
  const serving = async () => {
    while (!gone && !(await isServing(address, namespace))) {
      if (Date.now() > deadline) {
        throw new Error(`The server does not serve after ${START_TIMEOUT_MS / 1000} s`);
      }
      await sleep(50);
    }
  };
  await Promise.race([serving(), ended]);
}

async function isServing(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({
    address,
    // A wait for a connection cannot be aborted, and would keep a process whose server ended early: ask often instead.
    connectTimeout: 1_000,
    // By default the first retry of a refused connection comes after a second, longer than the whole start takes.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 200 },
  });
  try {
    await connection.ensureConnected();
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
