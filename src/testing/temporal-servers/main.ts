/**
 * HOST, development only: prepares Temporal's dev server and time-skipping test server, so that neither a CI job nor
 * the first `npm test` spends minutes on it unannounced: `node dist/testing/temporal-servers/main.js`.
 */
import { parseArgs } from 'node:util';
import { findDevServer } from './find-dev-server';
import { findTestServer } from './find-test-server';

const USAGE = `Usage: node dist/testing/temporal-servers/main.js

Finds Temporal's dev server and its time-skipping test server, or makes them, and prints where they are.

  dev server    TEMPORAL_ADDRESS, \`temporal\` on the PATH, the cache, the SDK's download, a build with Go
  test server   the cache, the SDK's download, a build with Java and Maven

What is downloaded or built is kept in TEMPORAL_POWER_AUTOMATE_CACHE
(default: temporal-power-automate/ in XDG_CACHE_HOME or ~/.cache).

  -h, --help    Print this.
`;

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  await print('dev server', async () => {
    const found = await findDevServer();
    return found.kind === 'address'
      ? `${found.address} (TEMPORAL_ADDRESS)`
      : `${found.path} (${found.origin})`;
  });
  await print('test server', findTestServer);
}

/** One server's failure does not keep the other from being prepared. */
async function print(name: string, find: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${name}: ${await find()}\n`);
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

run().catch(fail);
