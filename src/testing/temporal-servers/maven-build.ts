/** HOST, development only: fetches Temporal's time-skipping test server with Maven. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedExecutable, fillCache } from './cache';
import { verifyChecksums } from './checksums';
import { executableAt, executableName, findOnPath } from './executables';
import type { FindContext } from './find-options';
import { PINS_DIRECTORY, pinnedTestServerVersion } from './pins';
import { formatElapsed } from './reporter';
import { runProgram } from './run-program';

const FILE = 'temporal-test-server';

/**
 * The script must become the Java process (`exec`): otherwise, ending the server would end only the shell. The flags
 * favour a quick start.
 */
const LAUNCHER = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \\
  -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;

function mavenEntry(): string {
  return `temporal-test-server-${pinnedTestServerVersion()}`;
}

export function fetchedByMaven(context: FindContext): string | undefined {
  return findJava(context.env) && cachedExecutable(context.cache, mavenEntry(), FILE);
}

/** Fetches the pinned test server's jars into the cache, with a launcher beside them. */
export async function fetchByMaven(context: FindContext): Promise<string | undefined> {
  const { cache, env, reporter, buildPatienceMs } = context;
  const maven = findOnPath('mvn', env);
  // The launcher is a shell script, which Windows cannot start.
  if (maven === undefined || findJava(env) === undefined || process.platform === 'win32') return undefined;

  const version = pinnedTestServerVersion();
  reporter.report(`Fetching Temporal's time-skipping test server ${version} with Maven.`);
  let fetched = 0;
  await fillCache(cache, mavenEntry(), async (directory) => {
    const jars = join(directory, 'lib');
    await mkdir(jars);
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
    await runProgram(maven, ['-B', '--strict-checksums', '-f', join(PINS_DIRECTORY, 'pom.xml'), ...goal], {
      env,
      patienceMs: buildPatienceMs,
      onLine: (line) => {
        if (line.includes('Downloaded from')) fetched += 1;
      },
      onTick: (elapsedMs) =>
        reporter.progress(
          `Fetching Temporal's test server: ${fetched} files fetched, ${formatElapsed(elapsedMs)}`,
        ),
    });
    await verifyChecksums(jars, join(PINS_DIRECTORY, 'checksums.sha256'));
    await writeFile(join(directory, FILE), LAUNCHER, { mode: 0o755 });
  });
  return fetchedByMaven(context);
}

/** Looks where the launcher will look, too. */
function findJava(env: NodeJS.ProcessEnv): string | undefined {
  const home = env.JAVA_HOME;
  return home ? executableAt(join(home, 'bin', executableName('java'))) : findOnPath('java', env);
}
