/** HOST, development only: what the numbers were measured on. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  cores: number;
  cpu: string;
  memoryGiB: number;
  kernel: string;
  node: string;
  /** Processes that wanted to run in the minute before: above 0.5 the machine was not quiet. */
  loadBefore: number;
  /** Commit of the sources, with `+` where they were changed since; absent without git. */
  commit?: string;
}

export function describeMachine(): Machine {
  const [first] = cpus();
  const commit = git('rev-parse', '--short', 'HEAD');
  return {
    cores: cpus().length,
    cpu: first?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    loadBefore: loadavg()[0] as number,
    ...(commit && { commit: commit + (git('status', '--porcelain') ? '+' : '') }),
  };
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
