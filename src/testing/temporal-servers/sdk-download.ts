/** HOST, development only: lets Temporal's SDK download its servers. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedExecutable, fillCache } from './cache';
import { executableName } from './executables';
import type { FindContext } from './find-options';
import { PINS_DIRECTORY } from './pins';
import { formatElapsed } from './reporter';
import { runProgram } from './run-program';

export type SdkServer = 'dev-server' | 'time-skipping';

const FILE = executableName('server');

/** Names the cache entry of the server that this version of the SDK downloads by default. */
function sdkEntry(server: SdkServer): string {
  const { version } = JSON.parse(readFileSync(require.resolve('@temporalio/client/package.json'), 'utf8'));
  return `sdk-${server}-${version}-${process.platform}-${process.arch}`;
}

export function downloadedBySdk(server: SdkServer, { cache }: FindContext): string | undefined {
  return cachedExecutable(cache, sdkEntry(server), FILE);
}

/** Lets the SDK download its server into the cache. */
export async function downloadBySdk(server: SdkServer, context: FindContext): Promise<string | undefined> {
  const { cache, env, reporter, downloadPatienceMs } = context;
  await fillCache(cache, sdkEntry(server), async (directory) => {
    await runProgram(process.execPath, [join(PINS_DIRECTORY, 'sdk-download.js'), server, directory], {
      env,
      patienceMs: downloadPatienceMs,
      pulse: () => bytesIn(directory),
      onTick: (elapsedMs) =>
        reporter.progress(
          `Downloading Temporal's ${server} server: ${(bytesIn(directory) / 1e6).toFixed(1)} MB, ${formatElapsed(elapsedMs)}`,
        ),
    });
    const [downloaded] = readdirSync(directory);
    if (downloaded === undefined) throw new Error('the SDK says it downloaded a server, but left none');
    await rename(join(directory, downloaded), join(directory, FILE));
  });
  return downloadedBySdk(server, context);
}

function bytesIn(directory: string): number {
  let bytes = 0;
  for (const name of readdirSync(directory)) {
    // The SDK renames the file when it is complete.
    bytes += statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
