/** Programs that npm does not have, built with Go and kept in the cache of Temporal's servers. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedExecutable, fillCache } from '../../src/testing/temporal-servers/cache';
import { findOnPath } from '../../src/testing/temporal-servers/executables';
import { findContext } from '../../src/testing/temporal-servers/find-options';
import { formatElapsed } from '../../src/testing/temporal-servers/reporter';
import { runProgram } from '../../src/testing/temporal-servers/run-program';

export interface GoProgram {
  /** Its folder in the cache: what is in it must follow from the name. */
  entry: string;
  /** The executable, which has the name of its package. */
  file: string;
  /** Of the module that pins the packages. */
  cwd: string;
  /** All that are built into the folder. */
  packages: readonly string[];
}

/** The name of a folder for what `go.mod` in `cwd` pins of a module. */
export function pinnedEntry(name: string, cwd: string, module: string): string {
  const line = readFileSync(path.join(cwd, 'go.mod'), 'utf8')
    .split('\n')
    .map((text) => text.trim().replace(/^require /, ''))
    .find((text) => text.startsWith(`${module} v`));
  if (line === undefined) throw new Error(`${cwd} does not pin ${module}`);
  const version = line.slice(`${module} v`.length).replace(/ .*$/, '');
  return `${name}-${version}-${process.platform}-${process.arch}`;
}

/** Its path, from the cache or built into it. The first time takes some minutes. */
export async function goProgram({ entry, file, cwd, packages }: GoProgram): Promise<string> {
  const { cache, env, reporter, buildPatienceMs } = findContext({});
  const cached = cachedExecutable(cache, entry, file);
  if (cached !== undefined) return cached;
  const go = findOnPath('go', env);
  if (go === undefined)
    throw new Error(`${entry} is built with Go: install it, so that \`go\` is on the PATH`);
  reporter.report(`Building ${entry} with Go.`);
  await fillCache(cache, entry, async (directory) => {
    await runProgram(
      go,
      ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', `${directory}/`, ...packages],
      {
        cwd,
        env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
        patienceMs: buildPatienceMs,
        onTick: (elapsedMs) => reporter.progress(`Building ${entry}: ${formatElapsed(elapsedMs)}`),
      },
    );
  });
  return path.join(cache, entry, file);
}
