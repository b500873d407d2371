/** `desktop-flow doctor` as a process, beside a worker process and the emulator. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { blocksOf } from '../docs/blocks';
import { runProgram } from '../helpers/built-process';
import { setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const FLOW = { id: randomUUID(), name: 'Enter invoice' };
const SIGNING_KEY = 'a-signing-key-of-the-tests';

let emulator: Emulator;
let worker: WorkerProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({
    flows: {
      flows: [FLOW],
      machines: [{ name: 'vm-1', connections: ['invoices'] }],
      connectionReferences: { new_invoices: 'invoices' },
    },
  });
  const port = await freePort();
  environment = {
    ...emulator.environment,
    TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_TASK_QUEUE: `doctor-${randomUUID()}`,
    CALLBACK_BASE_URL: `http://127.0.0.1:${port}/callbacks`,
    CALLBACK_PORT: String(port),
    CALLBACK_SIGNING_KEYS: SIGNING_KEY,
  };
  worker = await startWorker(environment);
}, 120_000);

afterAll(async () => {
  await worker.end('SIGTERM');
  await emulator.close();
});

afterEach(() => emulator.breakSetUp([]));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const doctor = (args: string[] = [], changed: Record<string, string> = {}) =>
  runProgram({ file: 'cli/main.js', args: ['doctor', ...args] }, { ...environment, ...changed });

/** On a machine that is busy. */
const patiently = (args: string[] = [], changed: Record<string, string> = {}) =>
  doctor(['--timeout', '30s', ...args], changed);

const ABOUT = ['--flow', FLOW.name, '--connection', 'invoices', '--reference', 'new_invoices'];

const WITHIN_S = 10;

it('says in less than ten seconds that a right set-up is right', async () => {
  const since = performance.now();
  const { code, stdout, stderr } = await doctor(ABOUT);
  expect((performance.now() - since) / 1000).toBeLessThan(WITHIN_S);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Temporal$/m);
  expect(stdout).toMatch(/^ {2}ok +Temporal can be reached: .*, server \d/m);
  expect(stdout).toMatch(/^ {2}ok +The receiver of callbacks answers: it answers from here$/m);
  expect(stdout).toMatch(/\nAll is well: \d\d checks in \d\.\d s\.\n$/);
  expect(stdout).not.toMatch(/FOUND|skipped|unknown/);
  // No colours where nobody sees them.
  expect(stdout).not.toContain('\u001b');
}, 60_000);

it('names a fault with why, what to do and where, as the page shows it, and ends with 1', async () => {
  emulator.breakSetUp('noApplicationUser');
  const { code, stdout, stderr } = await patiently();
  expect([code, stderr]).toEqual([1, '']);
  const [{ code: documented = '' } = {}] = blocksOf('text').filter(({ page }) => page === 'docs/doctor.md');
  expect(documented).toContain('FOUND');
  expect(stdout).toContain(documented);
  expect(stdout).toMatch(/^ {2}skipped +There are machines, and they report: waits for: /m);
  expect(stdout).toMatch(/\n1 fault was found in \d\.\d s; \d+ checks wait for that\.\n$/);
});

it('writes one JSON object with --json, and nothing else', async () => {
  emulator.breakSetUp('noMachines');
  const { code, stdout, stderr } = await patiently([...ABOUT, '--json']);
  expect([code, stderr]).toEqual([1, '']);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ isWell: false, durationMs: expect.any(Number) });
  expect(report.findings).toHaveLength(1);
  expect(report.findings[0]).toMatchObject({
    code: 'no-machine',
    where: expect.stringContaining('Machines'),
  });
  const statuses = Object.fromEntries(
    report.checks.map(({ id, status }: Record<string, string>) => [id, status]),
  );
  expect(statuses).toMatchObject({
    temporal: 'passed',
    flow: 'passed',
    machines: 'found',
    'machine-capacity': 'skipped',
  });
});

it.each([
  [
    2,
    'a variable that is wrong',
    { POWER_AUTOMATE_ORGANIZATION_URI: 'https://contoso.crm4.dynamics.com/main.aspx' },
    'Set it to https://contoso.crm4.dynamics.com',
  ],
  [
    3,
    'Dataverse out of reach',
    { POWER_AUTOMATE_ORGANIZATION_URI: 'http://127.0.0.1:1' },
    'organization-unreachable',
  ],
  [3, 'Temporal out of reach', { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 'temporal-unreachable'],
  [
    2,
    'both',
    { TEMPORAL_ADDRESS: '127.0.0.1:1', POWER_AUTOMATE_REQUEST_BUDGET: 'many' },
    '2 faults were found',
  ],
])(
  'ends with %i for %s',
  async (expected, _what, changed, told) => {
    const { code, stdout, stderr } = await patiently([], changed);
    expect([code, stderr]).toEqual([expected, '']);
    expect(stdout).toContain(told);
  },
  30_000,
);

it.each([
  [['--flow', ' '], '--flow must not be empty'],
  [['--flows', 'x'], "unknown option '--flows'"],
  [['--timeout', 'soon'], '--timeout must be a duration such as 30s'],
  [['now'], "too many arguments for 'doctor'"],
])('%j is an error of its user: exit code 2', async (args, problem) => {
  const { code, stdout, stderr } = await patiently(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(problem);
});

itTakesLong(
  'prints no secret, whatever it finds and however it writes',
  async () => {
    const secrets = {
      POWER_AUTOMATE_CLIENT_SECRET: 'wrong-secret-4711',
      POWER_AUTOMATE_BEARER_TOKEN: 'bearer-token-4711',
      CALLBACK_SIGNING_KEYS: 'short-4711',
      TEMPORAL_API_KEY: 'api-key-4711',
      POWER_AUTOMATE_ORGANIZATION_URI: 'https://me:password-4711@contoso.crm4.dynamics.com',
    };
    const { POWER_AUTOMATE_ORGANIZATION_URI: _, ...reached } = secrets;
    for (const changed of [secrets, reached]) {
      for (const args of [[], ['--json']]) {
        // With an API key it speaks TLS, which this server never answers: what is waited for in vain.
        const { stdout, stderr } = await doctor(['--timeout', '3s', ...args], changed);
        expect(stdout.length).toBeGreaterThan(100);
        expect(stdout + stderr).not.toContain('4711');
      }
    }
    const { stdout } = await patiently(['--json'], { POWER_AUTOMATE_CLIENT_SECRET: 'wrong-secret-4711' });
    expect(JSON.parse(stdout).findings).toEqual([expect.objectContaining({ code: 'AADSTS7000215' })]);
  },
  120_000,
);
