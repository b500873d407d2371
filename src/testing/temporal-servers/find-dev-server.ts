/** HOST, development only: finds a Temporal dev server, or makes one. */
import { findOnPath } from './executables';
import { type FindContext, type FindServerOptions, findContext } from './find-options';
import { buildByGo, builtByGo } from './go-build';
import { requiredGoVersion } from './pins';
import { runProgram } from './run-program';
import { downloadBySdk, downloadedBySdk } from './sdk-download';
import { firstThatWorks, type Way } from './ways';

export type FoundDevServer =
  | { kind: 'address'; address: string }
  | {
      kind: 'executable';
      path: string;
      /** Where the executable came from, for messages. */
      origin: string;
    };

/** The first version with Update-with-Start, which starts a workflow and waits for its robot in one request. */
const OLDEST_SERVER = [1, 26] as const;
const VERSION_PATIENCE_MS = 10_000;

/**
 * Finds a Temporal dev server by the first way that leads to one. The later ways take time, but only once: their result
 * is kept in the cache.
 */
export async function findDevServer(options: FindServerOptions = {}): Promise<FoundDevServer> {
  const context = findContext(options);
  const ways: Way<FoundDevServer>[] = [
    {
      name: 'TEMPORAL_ADDRESS',
      remedy: 'set TEMPORAL_ADDRESS to a Temporal server that runs already',
      attempt: async () => {
        const address = context.env.TEMPORAL_ADDRESS;
        return address ? { kind: 'address', address } : undefined;
      },
    },
    {
      name: '`temporal` on the PATH',
      remedy: "install Temporal's CLI, so that `temporal` is on the PATH",
      attempt: async () => executable(await usableOnPath(context), 'on the PATH'),
    },
    {
      name: 'the cache',
      attempt: async () => executable(builtByGo(context) ?? downloadedBySdk('dev-server', context), 'cached'),
    },
    {
      name: "the SDK's download",
      remedy: 'allow the SDK to download its dev server (behind a proxy, set HTTPS_PROXY)',
      attempt: async () => executable(await downloadBySdk('dev-server', context), 'downloaded by the SDK'),
    },
    {
      name: 'a build with Go',
      remedy: `install Go ${requiredGoVersion()} or later, so that \`go\` is on the PATH (behind a proxy, set GOPROXY)`,
      attempt: async () => executable(await buildByGo(context), 'built with Go'),
    },
  ];
  return firstThatWorks('Temporal dev server', ways, context.reporter);
}

function executable(path: string | undefined, origin: string): FoundDevServer | undefined {
  return path === undefined ? undefined : { kind: 'executable', path, origin };
}

async function usableOnPath({ env }: FindContext): Promise<string | undefined> {
  const path = findOnPath('temporal', env);
  if (path === undefined) return undefined;
  const output = await runProgram(path, ['--version'], { env, patienceMs: VERSION_PATIENCE_MS });
  const [, version, major, minor] = /Server ((\d+)\.(\d+)\S*?)[,)]/.exec(output) ?? [];
  if (version === undefined) throw new Error(`${path} does not show its server's version`);
  const older = Number(major) - OLDEST_SERVER[0] || Number(minor) - OLDEST_SERVER[1];
  if (older < 0) {
    throw new Error(`${path} has server ${version}; at least ${OLDEST_SERVER.join('.')} is needed`);
  }
  return path;
}
