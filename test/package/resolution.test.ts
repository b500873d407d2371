/** The package as other projects resolve it, whatever their module resolution. */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createLinkedProject } from '../helpers/linked-project';
import { sampleOf } from '../helpers/long-tests';

const ROOT = path.join(__dirname, '..', '..');
/** API Extractor's: the native compiler has no `node10` any longer, and those who need it have an older one too. */
const TSC = require.resolve('typescript/bin/tsc', {
  paths: [path.dirname(require.resolve('@microsoft/api-extractor/package.json'))],
});

const USE = `
import { createActivities } from 'temporal-power-automate';
import { type RunDesktopFlowInput, RUN_DESKTOP_FLOW } from 'temporal-power-automate/client';
import { generateFlowModule } from 'temporal-power-automate/codegen';
import { readDataConverter } from 'temporal-power-automate/data-converter';
import { startEmulator } from 'temporal-power-automate/testing';
import { RunDesktopFlow } from 'temporal-power-automate/workflow';

export const input: RunDesktopFlowInput = { flowId: 'x', connectionName: 'x', runMode: 'attended' };
export const all = [createActivities, RUN_DESKTOP_FLOW, generateFlowModule, readDataConverter, startEmulator, RunDesktopFlow];
`;

let folder: string;

beforeAll(async () => {
  folder = await createLinkedProject();
  await writeFile(path.join(folder, 'use.ts'), USE);
});

afterAll(() => rm(folder, { recursive: true }));

it.each(
  sampleOf(
    [
      ['node10', 'commonjs'],
      ['node16', 'node16'],
      ['bundler', 'esnext'],
    ],
    1,
  ),
)('finds the types of all entries with moduleResolution %s', async (moduleResolution, module) => {
  const options = ['--moduleResolution', moduleResolution, '--module', module, '--ignoreDeprecations', '6.0'];
  const common = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022'];
  const { stdout } = await promisify(execFile)(process.execPath, [TSC, ...options, ...common, 'use.ts'], {
    cwd: folder,
  }).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

it('lets its package.json be read', () => {
  const found = require.resolve('temporal-power-automate/package.json', { paths: [folder] });
  expect(found).toBe(path.join(ROOT, 'package.json'));
});
