/**
 * HOST, development only: everything that one measurement needs, each part in a process of its own, and all of it new:
 * nothing that an earlier measurement has left (caches, tables, limits used up) changes the next one.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { countPollers } from '../../src/temporal/pollers';
import type { FlowsFile } from '../../src/testing/emulator';
import { startDevServer } from '../../src/testing/temporal-servers';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { type ServerProcess, spawnServer } from '../../src/testing/temporal-servers/server-process';
import { EmulatorAdmin } from './emulator-admin';
import { until } from './wait';

const ROOT = path.join(__dirname, '..', '..');
const EMULATOR = path.join(ROOT, 'dist', 'testing', 'emulator', 'main.js');
const WORKER = path.join('dist', 'worker.js');
const BENCH_WORKER = [
  '--require',
  path.join(ROOT, 'tools', 'ts-hook.js'),
  path.join(ROOT, 'bench', 'worker', 'main.ts'),
];

export const TASK_QUEUE = 'power-automate';
export const NAMESPACE = 'default';

/** What the emulator allows where a scenario is not about limits. Said in the output. */
const ROOMY: Readonly<Record<string, string | number>> = {
  startsPerMinute: 1_000_000,
  requests: 100_000_000,
  executionTime: '1000h',
};

/** As the image sets it: `docs/configuration.md` says why. */
const MALLOC = { MALLOC_TRIM_THRESHOLD_: '131072' };

export interface StageOptions {
  /** The emulator's limits, besides `ROOMY`. */
  limits?: Readonly<Record<string, string | number>>;
  /** Gives Microsoft's limits instead of `ROOMY`. @default false */
  isLimited?: boolean;
  /** @default the emulator's own flows */
  flows?: FlowsFile;
  /** Worker processes of this package. @default 1 */
  workers?: number;
  /** Folder of the package whose workers are started, built. @default this one */
  package?: string;
  /** Whether the first worker receives callbacks; otherwise nobody does. @default false */
  callbacks?: boolean;
  /** More worker processes of this package, by their task queues, with variables of their own. @default none */
  others?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names of worker processes of the bench's own, for what is compared with; each is its task queue too. @default none */
  benchWorkers?: readonly string[];
}

export interface Stage {
  readonly client: Client;
  readonly emulator: EmulatorAdmin;
  readonly metricsUrl: string;
  /** Process ids by name: server, emulator, worker, worker2, and the bench's own. */
  readonly pids: Readonly<Record<string, number>>;
  /** Rejects when a process ends before its time. */
  readonly broken: Promise<never>;
  close(): Promise<void>;
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await setUp(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function setUp(
  options: StageOptions,
  closers: (() => Promise<unknown>)[],
): Promise<Omit<Stage, 'close'>> {
  const metricsPort = await freePort();
  const server = await startDevServer({ own: true, ui: false, metricsPort, namespace: NAMESPACE });
  closers.push(() => server.kill());

  const started: Record<string, ServerProcess> = {};
  const start = async (name: string, args: string[], environment: Record<string, string>) => {
    const { PATH = '', HOME = '' } = process.env;
    const child = await spawnServer(process.execPath, args, { PATH, HOME, ...environment });
    // Nothing of a stage is used again, so nothing is closed down with care.
    closers.push(() => child.kill());
    started[name] = child;
    return child;
  };

  const emulatorPort = await freePort();
  const emulator = new EmulatorAdmin(`http://127.0.0.1:${emulatorPort}`);
  const credentials = {
    POWER_AUTOMATE_CLIENT_ID: 'bench',
    POWER_AUTOMATE_CLIENT_SECRET: randomBytes(16).toString('hex'),
  };
  const emulatorProcess = await start(
    'emulator',
    [EMULATOR, ...emulatorArguments(options, emulatorPort, closers)],
    credentials,
  );
  const isUp = until(() => emulator.isUp(), { everyMs: 50, withinMs: 20_000, what: 'the emulator answers' });
  await Promise.race([isUp, emulatorProcess.ended]);

  const callbackPort = await freePort();
  const environment = {
    ...MALLOC,
    ...credentials,
    POWER_AUTOMATE_ORGANIZATION_URI: emulator.url,
    POWER_AUTOMATE_TOKEN_ENDPOINT: `${emulator.url}/emulator.onmicrosoft.com/oauth2/v2.0/token`,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_TASK_QUEUE: TASK_QUEUE,
    LOG_LEVEL: 'warn',
    ...(!options.isLimited && { POWER_AUTOMATE_REQUEST_BUDGET: String(ROOMY.requests) }),
    // In it travels the key by which a robot is found whose trigger got no answer: by default in a URL that is never called,
    // but not with an older version.
    ...((options.callbacks || options.package !== undefined) && {
      CALLBACK_BASE_URL: `http://127.0.0.1:${callbackPort}/callbacks`,
    }),
  };
  for (let index = 0; index < (options.workers ?? 1); index++) {
    const receives = index === 0 && options.callbacks;
    await start(index === 0 ? 'worker' : `worker${index + 1}`, [path.join(options.package ?? ROOT, WORKER)], {
      ...environment,
      ...(receives && { CALLBACK_PORT: String(callbackPort) }),
    });
  }
  for (const [name, variables] of Object.entries(options.others ?? {})) {
    await start(name, [path.join(ROOT, WORKER)], {
      ...environment,
      ...variables,
      TEMPORAL_TASK_QUEUE: name,
    });
  }
  for (const name of options.benchWorkers ?? []) {
    await start(name, BENCH_WORKER, { ...environment, TEMPORAL_TASK_QUEUE: name });
  }

  const connection = await Connection.connect({ address: server.address });
  closers.push(() => connection.close());
  const client = new Client({ connection, namespace: NAMESPACE });
  const broken = Promise.race(Object.values(started).map(({ ended }) => ended));
  broken.catch(() => undefined);
  await Promise.race([untilPolled(client, options), broken]);
  const pids = Object.fromEntries(Object.entries(started).map(([name, { pid }]) => [name, pid]));
  return {
    client,
    emulator,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    pids: { server: server.pid as number, ...pids },
    broken,
  };
}

function emulatorArguments(
  { limits, isLimited, flows }: StageOptions,
  port: number,
  closers: (() => Promise<unknown>)[],
): string[] {
  const all = { ...(!isLimited && ROOMY), ...limits };
  const args = ['--quiet', '--port', String(port)];
  args.push(...Object.entries(all).flatMap(([name, limit]) => ['--limit', `${name}=${limit}`]));
  if (flows !== undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    closers.push(async () => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'flows.json');
    writeFileSync(file, JSON.stringify(flows));
    args.push('--flows', file);
  }
  return args;
}

/** Until every worker asks for work. */
async function untilPolled(
  client: Client,
  { workers = 1, benchWorkers = [], others = {} }: StageOptions,
): Promise<void> {
  const pollers = (taskQueue: string) => countPollers(client.connection, { namespace: NAMESPACE, taskQueue });
  for (const name of [TASK_QUEUE, ...benchWorkers, ...Object.keys(others)]) {
    const wanted = name === TASK_QUEUE ? workers : 1;
    const what = `${wanted} workers poll ${name}`;
    await until(async () => (await pollers(name)) >= wanted, { everyMs: 100, withinMs: 60_000, what });
  }
}
