/** HOST, development only: keeps servers on disk from one run to the next. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { executableAt } from './executables';

const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Gives the directory that keeps servers between runs. The name of an entry holds its version: an entry never changes,
 * another one replaces it.
 */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const windows = process.platform === 'win32' ? env.LOCALAPPDATA : undefined;
  return (
    env.TEMPORAL_POWER_AUTOMATE_CACHE ||
    join(env.XDG_CACHE_HOME || windows || join(homedir(), '.cache'), 'temporal-power-automate')
  );
}

/** Finds the executable of an entry, if the entry is there. */
export function cachedExecutable(cache: string, entry: string, file: string): string | undefined {
  return executableAt(join(cache, entry, file));
}

/**
 * Makes an entry. It appears whole or not at all: it is filled under another name and renamed. Two processes at once
 * both do the work, and the first to end wins; that is rare, and a lock could be left behind by a process that died.
 */
export async function fillCache(
  cache: string,
  entry: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const directory = await mkdtemp(join(cache, `.filling-${entry}-`));
  try {
    await fill(directory);
    await rename(directory, join(cache, entry)).catch((error) => {
      if (!existsSync(join(cache, entry))) throw error;
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what processes left that were killed while they filled an entry. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('.filling-')) continue;
    const path = join(cache, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await rm(path, { recursive: true, force: true });
  }
}
