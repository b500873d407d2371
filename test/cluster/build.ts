/** What the cluster needs and npm does not have: Temporal's server, its schema tool and the switch, built with Go. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedExecutable, fillCache } from '../../src/testing/temporal-servers/cache';
import { findOnPath } from '../../src/testing/temporal-servers/executables';
import { type FindContext, findContext } from '../../src/testing/temporal-servers/find-options';
import { formatElapsed } from '../../src/testing/temporal-servers/reporter';
import { runProgram } from '../../src/testing/temporal-servers/run-program';

const SERVER = 'go.temporal.io/server/cmd/server';
const SCHEMA_TOOL = 'go.temporal.io/server/cmd/tools/sql';
const SERVER_PINS = path.join(__dirname, 'temporal-server');
const SWITCH = path.join(__dirname, 'switch');

export interface Built {
  server: string;
  schemaTool: string;
  switchProgram: string;
}

/** From the cache, or built into it. The first time takes some minutes. */
export async function buildAll(): Promise<Built> {
  const context = findContext({});
  const pins = readFileSync(path.join(SERVER_PINS, 'go.mod'), 'utf8');
  const version = /go\.temporal\.io\/server v(\S+)/.exec(pins)?.[1];
  if (version === undefined) throw new Error(`${SERVER_PINS} does not pin go.temporal.io/server`);
  const servers = `temporal-server-${version}-${process.platform}-${process.arch}`;
  const source = readFileSync(path.join(SWITCH, 'main.go'));
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 12);
  const entry = `switch-${digest}-${process.platform}-${process.arch}`;
  return {
    server: await build(context, servers, 'server', SERVER_PINS, [SERVER, SCHEMA_TOOL]),
    schemaTool: await build(context, servers, 'sql', SERVER_PINS, [SERVER, SCHEMA_TOOL]),
    switchProgram: await build(context, entry, 'switch', SWITCH, ['.']),
  };
}

async function build(
  { cache, env, reporter, buildPatienceMs }: FindContext,
  entry: string,
  file: string,
  cwd: string,
  packages: readonly string[],
): Promise<string> {
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
