/** `npm run cluster`, `npm run soak`: prepares what has to come from outside, then starts `inside.ts` in namespaces. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildAll } from './build';
import { writeCertificate } from './cluster';
import { type Command, readCommandLine } from './command-line';
import type { Order } from './inside';
import { findPostgres } from './postgres';

const HOOK = path.join(__dirname, '..', '..', 'tools', 'ts-hook.js');
const INSIDE = path.join(__dirname, 'inside.ts');
const NAMESPACES = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

async function run({ job, logs }: Command): Promise<number> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('The cluster needs Linux, and root for its namespaces of network and mounts');
  const postgres = findPostgres();
  const built = await buildAll();
  const folder = logs ?? mkdtempSync(path.join(tmpdir(), 'temporal-power-automate-cluster-'));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  try {
    const order: Order = { built, postgres, folder, job };
    const child = spawn(
      'unshare',
      [...NAMESPACES, '--', process.execPath, '--require', HOOK, INSIDE, JSON.stringify(order)],
      {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: writeCertificate(folder) },
        stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
      },
    );
    const lifeline = child.stdio[3] as NodeJS.WritableStream;
    lifeline.on('error', () => undefined);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => lifeline.end());
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    if (logs === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  let command: Command | string;
  try {
    command = readCommandLine(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  if (typeof command === 'string') {
    process.stdout.write(command);
    return 0;
  }
  return run(command);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
