/** HOST, development only: the released version that this one is compared with, built from the sources of its commit. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

export const BASELINE = '0.3.0';

/** "Tell of 0.3.0": no tag names it. */
const COMMIT = '2daa49045f23966584637a9f3ab1484973cab65b';

const ROOT = path.join(__dirname, '..', '..');
const FOLDER = path.join(ROOT, '.cache', 'baseline', BASELINE);

/**
 * Needs the history of this repository, and uses its `node_modules`.
 * @returns the folder of the built package.
 */
export function buildBaseline(): string {
  if (existsSync(FOLDER)) return FOLDER;
  const unfinished = `${FOLDER}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const archive = execFileSync('git', ['archive', COMMIT], { cwd: ROOT, maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', unfinished], { input: archive });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(unfinished, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: unfinished, stdio: 'inherit' });
  renameSync(unfinished, FOLDER);
  return FOLDER;
}
