import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { itKeepsThePromisesOfAnExample } from './scenarios';
import { cacheFolder, describeWith, EXAMPLES, runTool } from './toolchain';

const cwd = path.join(EXAMPLES, 'python');

/** A virtual environment with exactly what the lock file names. */
async function install(): Promise<string> {
  const folder = cacheFolder('python', 'requirements.txt');
  const python = path.join(folder, 'bin', 'python');
  const installed = path.join(folder, 'installed');
  if (existsSync(installed)) return python;
  await rm(folder, { recursive: true, force: true });
  await runTool('python3', ['-m', 'venv', folder], cwd);
  await runTool(
    python,
    ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', 'requirements.txt'],
    cwd,
  );
  // Written last, so that an installation that was broken off is not taken for a whole one.
  await writeFile(installed, '');
  return python;
}

describeWith({ python3: ['-c', 'import venv'] }, 'Python')('the example in Python', () => {
  itKeepsThePromisesOfAnExample(async () => ({ file: await install(), args: ['-m', 'desktop_flows'], cwd }));
});
