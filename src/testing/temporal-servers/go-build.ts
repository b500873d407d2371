/** HOST, development only: builds Temporal's CLI, which is the dev server too, with Go. */
import { join } from 'node:path';
import { cachedExecutable, fillCache } from './cache';
import { executableName, findOnPath } from './executables';
import type { FindContext } from './find-options';
import { PINS_DIRECTORY, pinnedCliVersion } from './pins';
import { formatElapsed } from './reporter';
import { runProgram } from './run-program';

const COMMAND_PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';
const FILE = executableName('temporal');

function goEntry(): string {
  return `temporal-cli-${pinnedCliVersion()}-${process.platform}-${process.arch}`;
}

export function builtByGo({ cache }: FindContext): string | undefined {
  return cachedExecutable(cache, goEntry(), FILE);
}

/** Builds the pinned CLI into the cache as its releases are built: without cgo, so that it needs no C compiler. */
export async function buildByGo(context: FindContext): Promise<string | undefined> {
  const { cache, env, reporter, buildPatienceMs } = context;
  const go = findOnPath('go', env);
  if (go === undefined) return undefined;

  const version = pinnedCliVersion();
  reporter.report(
    `Building Temporal's dev server ${version} with Go. The first time this takes some minutes.`,
  );
  let fetched = 0;
  let compiled = 0;
  await fillCache(cache, goEntry(), async (directory) => {
    const ldflags = `-s -w -X ${VERSION_VARIABLE}=${version}`;
    await runProgram(
      go,
      ['build', '-v', '-trimpath', '-ldflags', ldflags, '-o', join(directory, FILE), COMMAND_PACKAGE],
      {
        cwd: PINS_DIRECTORY,
        env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
        patienceMs: buildPatienceMs,
        onLine: (line) => {
          if (line.startsWith('go: ')) fetched += 1;
          else compiled += 1;
        },
        onTick: (elapsedMs) =>
          reporter.progress(
            `Building Temporal's dev server: ${fetched} modules fetched, ${compiled} packages compiled, ${formatElapsed(elapsedMs)}`,
          ),
      },
    );
  });
  return builtByGo(context);
}
