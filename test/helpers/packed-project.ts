/** The package as others get it: packed, and installed into a project of its own. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type RunningProcess, startProgram } from './built-process';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);

/** Downloads of npm come from its cache, where the project's own installation has left nearly all. */
const QUIET = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

let packed: Promise<string> | undefined;

/** Packs what `npm run build` has built. @returns the path of the archive. */
export function packedPackage(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function pack(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'packed-'));
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, ...QUIET], { cwd: ROOT });
  const [archive = ''] = await readdir(folder);
  return path.join(folder, archive);
}

export async function removePacked(): Promise<void> {
  if (packed !== undefined) await rm(path.dirname(await packed), { recursive: true, force: true });
  packed = undefined;
}

export interface Project {
  readonly folder: string;
  /** Runs a file by a Node to its end. @returns what it wrote to standard output. */
  run(file: string, environment?: Record<string, string>, node?: string): Promise<string>;
  /** Starts a file, and waits until it has written the text. */
  start(file: string, until: string, environment?: Record<string, string>): Promise<RunningProcess>;
  remove(): Promise<void>;
}

export interface ProjectOptions {
  /** Below `test/package/projects`. @default none */
  files?: string;
  /** What to install besides the package. @default [] */
  packages?: readonly string[];
  /** @default 'npm' */
  manager?: 'npm' | 'pnpm';
}

const PNPM = 'pnpm@10.34.8';

export async function createProject(options: ProjectOptions = {}): Promise<Project> {
  const { files, packages = [], manager = 'npm' } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'project-'));
  if (files) await cp(path.join(__dirname, '..', 'package', 'projects', files), folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  const wanted = [await packedPackage(), ...packages];
  if (manager === 'npm') await run('npm', ['install', ...QUIET, ...wanted], { cwd: folder });
  else await run('npm', ['exec', '--yes', '--', PNPM, 'add', '--prefer-offline', ...wanted], { cwd: folder });
  return {
    folder,
    async run(file, environment = {}, node = process.execPath) {
      const { stdout } = await run(node, [file], {
        cwd: folder,
        env: { ...process.env, ...environment },
        maxBuffer: 2 ** 26,
      });
      return stdout;
    },
    start: (file, until, environment = {}) =>
      startProgram({ file: path.join(folder, file) }, environment, until),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
