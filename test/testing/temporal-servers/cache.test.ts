import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, cachedExecutable, fillCache } from '../../../src/testing/temporal-servers/cache';
import { createWorkbench, type Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => bench.remove());

const fill = async (directory: string) => writeFileSync(join(directory, 'server'), '', { mode: 0o755 });

test('an entry is not there before it is complete', async () => {
  await fillCache(bench.cache, 'entry', async (directory) => {
    await fill(directory);
    expect(cachedExecutable(bench.cache, 'entry', 'server')).toBeUndefined();
  });
  expect(cachedExecutable(bench.cache, 'entry', 'server')).toBe(join(bench.cache, 'entry', 'server'));
});

test('what a killed process left half-filled is no entry, and is cleared away once it is old', async () => {
  const [old, recent] = ['.filling-entry-old', '.filling-entry-recent'].map((name) =>
    join(bench.cache, name),
  );
  for (const path of [old, recent] as string[]) {
    mkdirSync(path);
    await fill(path);
  }
  const twoHoursAgo = Date.now() / 1000 - 7_200;
  utimesSync(old as string, twoHoursAgo, twoHoursAgo);
  expect(cachedExecutable(bench.cache, 'entry', 'server')).toBeUndefined();

  await fillCache(bench.cache, 'entry', fill);
  expect(bench.entries().sort()).toEqual(['.filling-entry-recent', 'entry']);
});

test('a cache that cannot be written to is an error, not an entry', async () => {
  writeFileSync(join(bench.directory, 'file'), '');
  await expect(fillCache(join(bench.directory, 'file'), 'entry', fill)).rejects.toThrow('EEXIST');
});

test('the cache is where it is said to be, else in XDG_CACHE_HOME, else in the home directory', () => {
  expect(cacheDirectory({ TEMPORAL_POWER_AUTOMATE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheDirectory({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'temporal-power-automate'));
  expect(cacheDirectory({})).toMatch(/[\\/]\.cache[\\/]temporal-power-automate$/);
});
