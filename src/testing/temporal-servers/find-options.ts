/** HOST, development only: the options for finding a server, and their defaults. */
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { cacheDirectory } from './cache';
import { type Reporter, streamReporter } from './reporter';

export interface FindServerOptions {
  /** The environment says where to look: PATH, TEMPORAL_ADDRESS, the cache directory. @default process.env */
  env?: NodeJS.ProcessEnv;
  /** Gets the messages about what is being done. @default stderr */
  reporter?: Reporter;
  /** How long the SDK's download may stand still before it is given up. @default '10 seconds' */
  downloadPatience?: Duration;
  /** How long a build may print nothing before it is given up. @default '5 minutes' */
  buildPatience?: Duration;
}

/** The options with the defaults filled in. */
export interface FindContext {
  env: NodeJS.ProcessEnv;
  cache: string;
  reporter: Reporter;
  downloadPatienceMs: number;
  buildPatienceMs: number;
}

export function findContext(options: FindServerOptions): FindContext {
  const env = options.env ?? process.env;
  return {
    env,
    cache: cacheDirectory(env),
    reporter: options.reporter ?? streamReporter(),
    // Behind a proxy that drops packets the download hangs for ever; a proxy that works answers within a second or two.
    downloadPatienceMs: msToNumber(options.downloadPatience ?? '10 seconds'),
    // Linking is the longest silent part of a Go build: about a minute on a small machine.
    buildPatienceMs: msToNumber(options.buildPatience ?? '5 minutes'),
  };
}
