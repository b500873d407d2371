import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { FindServerOptions } from '../../../src/testing/temporal-servers';

const root = join(__dirname, '..', '..', '..');

/** A machine as the finder sees it: a PATH and a cache of its own, both empty, and a record of what was told. */
export interface Workbench {
  directory: string;
  cache: string;
  options: FindServerOptions & { env: NodeJS.ProcessEnv };
  reports: string[];
  /** Puts a shell script on the PATH. Each call of it is recorded. */
  install(name: string, script: string): void;
  /** The arguments of each call of an installed script. */
  calls(name: string): string[];
  /** Everything in the cache, unfinished entries too. */
  entries(): string[];
  remove(): void;
}

export function createWorkbench(): Workbench {
  const directory = mkdtempSync(join(tmpdir(), 'devserver-test-'));
  const bin = join(directory, 'bin');
  const cache = join(directory, 'cache');
  mkdirSync(bin);
  mkdirSync(cache);
  const reports: string[] = [];
  const log = (name: string) => join(directory, `${name}.calls`);
  return {
    directory,
    cache,
    reports,
    options: {
      // Nobody listens on port 1: the SDK's real download fails at once, wherever the tests run.
      env: { PATH: bin, TEMPORAL_POWER_AUTOMATE_CACHE: cache, HTTPS_PROXY: 'http://127.0.0.1:1' },
      reporter: { report: (line) => reports.push(line), progress: () => undefined },
    },
    install(name, script) {
      const lines = ['#!/bin/sh', `echo "$*" >> '${log(name)}'`, 'PATH=/usr/bin:/bin', script, ''];
      writeFileSync(join(bin, name), lines.join('\n'), { mode: 0o755 });
      writeFileSync(log(name), '');
    },
    calls: (name) => readFileSync(log(name), 'utf8').split('\n').slice(0, -1),
    entries: () => readdirSync(cache),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A `go` that writes what it is asked to build. */
export const buildingGo = `
while [ "$1" != -o ]; do shift; done
echo '#!/bin/sh' > "$2"
chmod +x "$2"`;

/** A proxy that takes connections and never answers. */
export async function silentProxy() {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return { url, connected: once(server, 'connection'), close: () => server.close() };
}

/** Runs a source file of the project with Node. */
export function runSource(file: string, args: string[], env: NodeJS.ProcessEnv = process.env) {
  const hook = join(root, 'tools', 'ts-hook.js');
  return promisify(execFile)(process.execPath, ['--require', hook, join(root, file), ...args], {
    cwd: root,
    env,
  });
}
