import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type DevServer, findDevServer, startDevServer } from '../../../src/testing/temporal-servers';
import { freePort } from '../../../src/testing/temporal-servers/free-port';
import { createWorkbench, type Workbench } from './workbench';

let bench: Workbench;
let servers: DevServer[];
beforeEach(() => {
  bench = createWorkbench();
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  bench.remove();
});

async function start(options: Parameters<typeof startDevServer>[0]): Promise<DevServer> {
  const server = await startDevServer(options);
  servers.push(server);
  return server;
}

async function namespaces(address: string): Promise<(string | null | undefined)[]> {
  const connection = await Connection.connect({ address });
  try {
    const { namespaces } = await connection.workflowService.listNamespaces({});
    return (namespaces ?? []).map((namespace) => namespace.namespaceInfo?.name);
  } finally {
    await connection.close();
  }
}

/** Undefined while nobody answers. */
async function statusOf(url: string): Promise<number | undefined> {
  return (await fetch(url).catch(() => undefined))?.status;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a started server serves its namespace and its web UI, and is gone once stopped', async () => {
  // Somebody's TEMPORAL_ADDRESS does not get in the way of a server that is to be one's own.
  const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const server = await start({ own: true, namespace: 'robots', env });
  expect(await namespaces(server.address)).toContain('robots');
  while ((await statusOf(server.uiUrl as string)) !== 200) await sleep(50);

  await server.stop();
  expect(isRunning(server.pid as number)).toBe(false);
  await expect(Connection.connect({ address: server.address, connectTimeout: 500 })).rejects.toThrow();
}, 600_000);

test('a server that is killed and started again on its file and port knows what it knew', async () => {
  const dbFilename = join(bench.directory, 'temporal.db');
  const first = await start({ own: true, ui: false, dbFilename, namespace: 'kept' });
  await first.kill();
  expect(isRunning(first.pid as number)).toBe(false);

  const port = Number(first.address.split(':')[1]);
  const second = await start({ own: true, ui: false, dbFilename, port });
  expect(second.address).toBe(first.address);
  expect(second.uiUrl).toBeUndefined();
  expect(await namespaces(second.address)).toContain('kept');
});

test('a started server shows its metrics where it is told to, and keeps to the configuration that it is given', async () => {
  const metricsPort = await freePort();
  const dynamicConfig = { 'limit.maxIDLength': 20 };
  const { address } = await start({ own: true, ui: false, metricsPort, dynamicConfig });
  expect(await statusOf(`http://127.0.0.1:${metricsPort}/metrics`)).toBe(200);
  const connection = await Connection.connect({ address });
  const request = {
    namespace: 'default',
    workflowId: 'an-id-of-more-than-20-characters',
    workflowType: { name: 'any' },
    taskQueue: { name: 'any' },
    requestId: 'one',
  };
  await expect(connection.workflowService.startWorkflowExecution(request)).rejects.toThrow(
    /length exceeds limit/,
  );
  await connection.close();
});

test('the end of the log is told when the server ends instead of serving', async () => {
  const dbFilename = join(bench.directory, 'no-such-folder', 'temporal.db');
  await expect(start({ own: true, dbFilename })).rejects.toThrow(
    /^The server ended with exit code 1:\n.*no-such-folder/s,
  );
});

test('other ports are tried when somebody else was faster to take one', async () => {
  const found = await findDevServer({ env: { ...process.env, TEMPORAL_ADDRESS: '' } });
  if (found.kind !== 'executable') throw new Error('an executable was asked for');
  bench.install(
    'temporal',
    `case "$(grep -c start-dev '${bench.directory}/temporal.calls')" in
       1) echo "can't set frontend port 1: listen tcp: bind: address already in use" >&2; exit 1 ;;
       *) exec '${found.path}' "$@" ;;
     esac`,
  );
  await start({ ...bench.options, ui: false });
  const starts = bench.calls('temporal').filter((call) => call.includes('start-dev'));
  expect(starts).toHaveLength(2);
  expect(starts[0]).not.toBe(starts[1]);
  for (const call of starts) expect(call).toContain('--dynamic-config-value matching.enableFairness=true');
});

test('TEMPORAL_* variables for clients do not reach the server', async () => {
  bench.install('temporal', `[ "$1" = --version ] && echo 'Server 1.31.2,' || { env >&2; exit 1; }`);
  bench.options.env.TEMPORAL_API_KEY = 'not-for-the-server';
  const { message } = await start(bench.options).catch((error) => error);
  expect(message).toContain('PATH=');
  expect(message).not.toContain('TEMPORAL_API_KEY');
});

test('the server at TEMPORAL_ADDRESS is used, and left alone', async () => {
  const running = await start({ own: true, ui: false });
  const env = { TEMPORAL_ADDRESS: running.address };
  const used = await startDevServer({ env });
  expect(used).toMatchObject({ address: running.address, origin: 'TEMPORAL_ADDRESS' });
  await used.stop();
  await expect(used.kill()).rejects.toThrow('not started here');
  expect(await namespaces(running.address)).toContain('default');
});

test('it is said when nothing answers at TEMPORAL_ADDRESS', async () => {
  await expect(startDevServer({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } })).rejects.toThrow(
    /No Temporal server answers at TEMPORAL_ADDRESS \(127\.0\.0\.1:1\): start it, or unset/,
  );
});

test('a server does not outlive its starter, even one that is killed', async () => {
  const { starter, pid } = await startInAnotherProcess();
  expect(isRunning(pid)).toBe(true);
  starter.kill('SIGKILL');
  while (isRunning(pid)) await sleep(50);
});

/** A process that starts a server and then only waits. */
async function startInAnotherProcess(): Promise<{ starter: ChildProcess; pid: number }> {
  const source = join(__dirname, '..', '..', '..', 'src', 'testing', 'temporal-servers');
  const script = `require(${JSON.stringify(source)})
    .startDevServer({ own: true, ui: false })
    .then(({ pid }) => console.log(pid));`;
  const starter = spawn(
    process.execPath,
    ['--require', join(__dirname, '..', '..', '..', 'tools', 'ts-hook.js'), '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(createInterface({ input: starter.stdout }), 'line');
  return { starter, pid: Number(line) };
}
