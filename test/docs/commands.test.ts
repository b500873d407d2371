/**
 * Every command in the README and in docs/ is run, against the real server, the emulator and the worker's process, in a shell
 * that finds `desktop-flow` and `temporal`. Those that install, or that run the tests, are looked up.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { readConfig } from '../../src/config/config';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { findDevServer } from '../../src/testing/temporal-servers';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { type Block, blocksOf, placeOf, ROOT } from './blocks';

/** The flow that the pages run by its id, and the one that they generate code for. */
const FLOWS = [
  { id: 'd9687093-d0c0-ec11-983e-0022480b428a', name: 'Book invoice', duration: '0s' },
  {
    id: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e01',
    name: 'Enter invoice',
    duration: '0s',
    inputs: { InvoiceNumber: 'string' },
  },
];

let folder: string;
let emulator: Emulator;
let worker: WorkerProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'documented-'));
  await mkdir(path.join(folder, 'src', 'flows'), { recursive: true });
  emulator = await startEmulator({ flows: { flows: FLOWS } });
  environment = {
    ...emulator.environment,
    TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
    TEMPORAL_TASK_QUEUE: `documented-${randomUUID()}`,
  };
  await makeCommands();
  worker = await startWorker({ ...environment, CALLBACK_BASE_URL: 'off' });
}, 120_000);

afterAll(async () => {
  await worker?.end('SIGKILL');
  await emulator?.close();
  await rm(folder, { recursive: true });
});

/** `desktop-flow`, by itself and through npx, and `temporal`: as they are found where they are installed. */
async function makeCommands(): Promise<void> {
  const server = await findDevServer({ env: { ...process.env, TEMPORAL_ADDRESS: '' } });
  if (server.kind !== 'executable') throw new Error("expected Temporal's dev server as an executable");
  const main = path.join(ROOT, 'dist', 'cli', 'main.js');
  const commands = {
    'desktop-flow': `exec '${process.execPath}' '${main}' "$@"`,
    npx: 'exec "$@"',
    temporal: `exec '${server.path}' "$@"`,
  };
  await mkdir(path.join(folder, 'bin'));
  for (const [name, script] of Object.entries(commands)) {
    const file = path.join(folder, 'bin', name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
}

async function shell(code: string): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { HOME, ...environment, PATH: `${path.join(folder, 'bin')}:${PATH}` };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', code], {
    cwd: folder,
    env,
  });
  return stdout;
}

/** npm's commands take minutes, or are what runs this test: they have to be there. */
async function isThere({ code }: Block): Promise<void> {
  const { scripts } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  const named = [...code.matchAll(/npm (?:run )?(?!ci\b)([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(scripts).toHaveProperty([name]);
}

/** By page and a part of the block: how it is run, and what has to be seen. */
const BLOCKS: [page: string, part: string, run: (block: Block) => Promise<void>][] = [
  ['README.md', 'npm ci && npm run demo', isThere],
  ['README.md', 'npm ci && npm test', isThere],
  // They are run, in a folder of their own, by test/cli/dev.test.ts.
  ['README.md', 'npx desktop-flow dev', async ({ code }) => expect(code.match(/^npx/gm)).toHaveLength(3)],
  ['README.md', 'POWER_AUTOMATE_ORGANIZATION_URI=', areVariables],
  [
    'README.md',
    'dist/worker.js',
    async ({ code }) => {
      const [, start = ''] = code.split('\n\n');
      await expect(shell(own(start, 'invoice-4711'))).resolves.toContain('RunDesktopFlow');
    },
  ],
  [
    'docs/any-language.md',
    'temporal workflow update execute',
    async ({ code }) => {
      const shown = await shell(own(code, 'order-4711'));
      expect(shown).toMatch(/Result +map\[flowSessionId:/);
      expect(shown).toContain('"phase":');
      expect(shown).toContain('"status":"Succeeded"');
    },
  ],
  [
    'docs/batch.md',
    'temporal workflow start',
    async ({ code }) => {
      const id = 'invoices-2026-11';
      await expect(shell(own(code, id))).resolves.toContain('"total":2');
      const connection = await Connection.connect({ address: environment.TEMPORAL_ADDRESS ?? '' });
      const batch = new Client({ connection }).workflow.getHandle(own(id, id));
      await expect(batch.result()).resolves.toMatchObject({ succeeded: 2, failed: 0 });
      await connection.close();
    },
  ],
  [
    'docs/callbacks.md',
    'desktop-flow callbacks',
    // The receiver itself is run by test/cli/callbacks.test.ts.
    async ({ code }) => {
      await expect(shell(code.replace(/ +#.*/, ' --help'))).resolves.toContain('CALLBACK_PORT');
    },
  ],
  [
    'docs/codegen.md',
    '--out src/flows/enter-invoice.ts',
    async ({ code }) => {
      await shell(code);
      await expect(readdir(path.join(folder, 'src', 'flows'))).resolves.toEqual(['enter-invoice.ts']);
    },
  ],
  [
    'docs/codegen.md',
    '--check src/flows/enter-invoice.ts',
    async ({ code }) => {
      await expect(shell(code)).resolves.toBe('src/flows/enter-invoice.ts fits the flow.\n');
    },
  ],
  [
    'docs/command.md',
    'desktop-flow flows',
    async ({ code }) => {
      const shown = await shell(own(code, 'invoice-4711'));
      expect(shown).toMatch(/^\S+ {2}Enter invoice$/m);
      expect(shown).toContain('COMPLETED');
    },
  ],
  [
    'docs/configuration.md',
    'POWER_AUTOMATE_SECRETS=',
    async ({ code }) => {
      const [, value = ''] = code.trim().split('=');
      const config = readConfig({ POWER_AUTOMATE_SECRETS: value });
      expect(config.allowedSecrets).toEqual(value.split(','));
    },
  ],
  [
    'docs/doctor.md',
    'desktop-flow doctor',
    async ({ code }) => {
      await expect(shell(code)).resolves.toContain('All is well');
    },
  ],
  ['docs/emulator.md', 'npm run emulator', isThere],
  [
    'docs/emulator.md',
    '/__emulator/faults',
    async ({ code }) => {
      const { POWER_AUTOMATE_ORGANIZATION_URI = '' } = environment;
      await shell(
        code.replace('http://127.0.0.1:4010', POWER_AUTOMATE_ORGANIZATION_URI).replace('curl', 'curl -fsS'),
      );
      emulator.clearFaults();
    },
  ],
  [
    'docs/encryption.md',
    'PAYLOAD_ENCRYPTION_KEYS=',
    async ({ code }) => {
      const [, value = ''] = /^\w+=(.*)$/m.exec(code) ?? [];
      const { payloads } = readConfig({ PAYLOAD_ENCRYPTION_KEYS: value });
      await expect(payloads.encryption?.keys.current()).resolves.toMatchObject([{ id: '2026-11' }]);
    },
  ],
  [
    'docs/encryption.md',
    'desktop-flow codec-server',
    // The server itself is run by test/encryption/codec-server.test.ts.
    async ({ code }) => {
      await expect(shell(code.replace('codec-server', 'codec-server --help'))).resolves.toContain(
        'CODEC_SERVER_ORIGINS',
      );
    },
  ],
  [
    'docs/errors.md',
    'desktop-flow explain',
    async ({ code }) => {
      const { workflowId } = await failedRun();
      await expect(shell(code.replace('invoice-4711', workflowId))).resolves.toContain('Failed (8)');
    },
  ],
  [
    'docs/from-camunda.md',
    'desktop-flow import-bpmn',
    async ({ code }) => {
      const process = path.join(ROOT, 'test', 'camunda', 'processes', 'template-v2.bpmn');
      await copyFile(process, path.join(folder, 'pay-invoice.bpmn'));
      await shell(code);
      await expect(readFile(path.join(folder, 'pay-invoice.ts'), 'utf8')).resolves.toContain(
        'payInvoiceResults',
      );
      await expect(readFile(path.join(folder, 'report.txt'), 'utf8')).resolves.toContain('StartPayment');
    },
  ],
  [
    'docs/identity.md',
    'npm install @azure/identity',
    async ({ code }) => {
      const { peerDependencies } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
      expect(code.trim()).toBe(`npm install @azure/identity@${peerDependencies['@azure/identity']}`);
    },
  ],
  ['docs/identity.md', 'POWER_AUTOMATE_CREDENTIAL=', areVariables],
  [
    'docs/identity.md',
    'POWER_AUTOMATE_SECRETS_FROM=',
    async ({ code }) => {
      const variables = code.split('\n').filter(Boolean);
      const config = readConfig(Object.fromEntries(variables.map((line) => line.split('='))));
      expect(config.secretsFrom).toHaveLength(3);
      expect(config.allowedSecrets).toEqual(['SAP_USER', 'SAP_PASSWORD']);
    },
  ],
  [
    'docs/large-payloads.md',
    'EXTERNAL_STORAGE_URL=',
    async ({ code }) => {
      const [, value = ''] = /^\w+=(.*)$/m.exec(code) ?? [];
      const { payloads } = readConfig({
        EXTERNAL_STORAGE_URL: value,
        EXTERNAL_STORAGE_CREDENTIAL: 'default',
      });
      expect(payloads.externalStorage).toMatchObject({ kind: 'azure', account: 'invoices', url: value });
    },
  ],
  [
    'docs/nexus.md',
    'desktop-flow nexus',
    async ({ code }) => {
      const name = `documented-${randomUUID()}`;
      const asked = code
        .replace('--endpoint power-automate', `--endpoint ${name}`)
        .replace('robots', 'default');
      await expect(shell(asked)).resolves.toContain(`The endpoint ${name} was created`);
    },
  ],
  [
    'docs/operations.md',
    'desktop-flow search-attributes',
    async ({ code }) => {
      await expect(shell(code)).resolves.toMatch(/^PowerAutomateFlow {2}(registered|is there)$/m);
    },
  ],
  [
    'docs/operations.md',
    'npm install @opentelemetry',
    // They are development dependencies here, so test/tracing runs with them.
    async ({ code }) => {
      const manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
      const named = [...code.matchAll(/(@opentelemetry\/[\w-]+)/g)].map(([name]) => name).sort();
      const peers = Object.keys(manifest.peerDependenciesMeta).filter((name) =>
        name.startsWith('@opentelemetry/'),
      );
      expect(named).toEqual(peers.sort());
    },
  ],
  [
    'docs/results.md',
    'desktop-flow explain',
    async ({ code }) => {
      const { workflowId, robotId } = await failedRun();
      const asked = code.replace(/[\da-f]{8}(-[\da-f]+){4}/, robotId).replace('invoice-4711', workflowId);
      const said = await shell(asked);
      expect(said).toContain('0 actions, from additionalcontext');
      expect(said).toContain(`"flowSessionId": "${robotId}"`);
    },
  ],
  [
    'docs/schemas.md',
    'nexgen python',
    // No release of nexgen is to be had by npm: what it reads is in the package.
    async ({ code }) => {
      const [, file = ''] = /temporal-power-automate\/(\S+)/.exec(code) ?? [];
      const { files } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
      expect(files).toContain(path.dirname(file));
      await expect(readFile(path.join(ROOT, file), 'utf8')).resolves.toContain('nexusrpc:');
    },
  ],
  ['docs/tenant.md', 'POWER_AUTOMATE_ORGANIZATION_URI=', areVariables],
  [
    'docs/tenant.md',
    'desktop-flow doctor',
    async ({ code }) => {
      await expect(shell(code)).resolves.toContain('All is well');
    },
  ],
  [
    'docs/tenant.md',
    'desktop-flow worker',
    async ({ code }) => {
      // The worker runs already; it is a command of test/cli/dev.test.ts.
      const [worker, run = ''] = code.split('\n');
      expect(worker).toBe('npx desktop-flow worker');
      await expect(shell(run)).resolves.toBe('');
    },
  ],
  [
    'docs/upgrades.md',
    'TEMPORAL_DEPLOYMENT_NAME=',
    async ({ code }) => {
      const variables = code.split('\n').filter(Boolean);
      const config = readConfig(Object.fromEntries(variables.map((line) => line.split('='))));
      expect(config.deployment).toMatchObject({ deploymentName: 'power-automate' });
    },
  ],
  [
    'docs/upgrades.md',
    'set-current-version',
    async ({ code }) => {
      await withVersion(async (_workflowId, named) => {
        await expect(shell(named(code))).resolves.toMatch(/CurrentVersionBuildID +0\.4\.0-3f9a1c2b4d/);
      });
    },
  ],
  [
    'docs/upgrades.md',
    'describe-version',
    async ({ code }) => {
      await withVersion(async (_workflowId, named) => {
        await expect(shell(named(code))).resolves.toMatch(/DrainageStatus|DeploymentName/);
      });
    },
  ],
  [
    'docs/upgrades.md',
    'update-options',
    async ({ code }) => {
      await withVersion(async (workflowId, named) => {
        await shell(named(code).replace('invoice-4711', workflowId));
        const description = await shell(`temporal workflow describe --workflow-id ${workflowId}`);
        expect(description).toMatch(/AutoUpgrade/);
      });
    },
  ],
];

/** With a worker of the version that the page names, in a deployment of its own, and a run that waits for it. */
async function withVersion(
  use: (workflowId: string, named: (code: string) => string) => Promise<void>,
): Promise<void> {
  const deploymentName = `documented-${randomUUID()}`;
  const taskQueue = deploymentName;
  const versioned = await startWorker({
    ...environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    TEMPORAL_DEPLOYMENT_NAME: deploymentName,
    TEMPORAL_WORKER_BUILD_ID: '0.4.0-3f9a1c2b4d',
  });
  const named = (code: string) => code.replaceAll('-name power-automate', `-name ${deploymentName}`);
  const connection = await Connection.connect({ address: environment.TEMPORAL_ADDRESS ?? '' });
  try {
    const { workflowId } = await new Client({ connection }).workflow.start('RunDesktopFlow', {
      args: [{}],
      taskQueue,
      workflowId: deploymentName,
    });
    await eventually(() =>
      connection.workflowService
        .describeWorkerDeploymentVersion({
          namespace: 'default',
          deploymentVersion: { deploymentName, buildId: '0.4.0-3f9a1c2b4d' },
        })
        .then(
          ({ workerDeploymentVersionInfo }) => workerDeploymentVersionInfo?.taskQueueInfos?.length === 4,
          () => false,
        ),
    );
    await use(workflowId, named);
  } finally {
    await versioned.end('SIGKILL');
    await connection.close();
  }
}

/** With the worker of this test, and an id of its own. */
function own(code: string, workflowId: string): string {
  const { TEMPORAL_TASK_QUEUE = '' } = environment;
  return code
    .replaceAll('--task-queue power-automate', `--task-queue ${TEMPORAL_TASK_QUEUE}`)
    .replaceAll(workflowId, `${workflowId}-${TEMPORAL_TASK_QUEUE}`);
}

/** What the worker reads at its start, placeholders included. */
async function areVariables({ code }: Block): Promise<void> {
  const variables = [...code.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value]) => [name, value]);
  const config = readConfig(Object.fromEntries(variables));
  expect(config).toMatchObject({ organizationUri: 'https://contoso.crm4.dynamics.com' });
}

async function failedRun(): Promise<{ workflowId: string; robotId: string }> {
  const { TEMPORAL_ADDRESS = '', TEMPORAL_TASK_QUEUE: taskQueue = '' } = environment;
  const flowId = randomUUID();
  emulator.addFlow({ id: flowId, name: 'Fails', duration: '0s', ends: 'Failed', actionLog: {} });
  const connection = await Connection.connect({ address: TEMPORAL_ADDRESS });
  const workflowId = `documented-${randomUUID()}`;
  const args = [{ flowId, connectionName: 'robots', runMode: 'unattended' }];
  const options = { workflowId, taskQueue, args };
  await expect(new Client({ connection }).workflow.execute('RunDesktopFlow', options)).rejects.toThrow();
  await connection.close();
  const robot = emulator.seen.sessions.find((session) => session.flowId === flowId);
  return { workflowId, robotId: robot?.id ?? '' };
}

/** Those of getting started are run by test/cli/dev.test.ts, in a folder of their own. */
const blocks = blocksOf('sh', 'console', '').filter(({ page }) => page !== 'docs/getting-started.md');
const known = blocks.map((block) => {
  const [, , run] = BLOCKS.find(([page, part]) => page === block.page && block.code.includes(part)) ?? [];
  return [placeOf(block), block, run] as const;
});

it.each(known)('%s does what the page says', async (_place, block, run) => {
  if (run === undefined) throw new Error(`say how this block is run:\n${block.code}`);
  await run(block);
});

it('has no block left over', () => {
  expect(BLOCKS).toHaveLength(blocks.length);
});
