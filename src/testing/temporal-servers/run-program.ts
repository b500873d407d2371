/** HOST, development only: runs a program to its end, and ends one that stands still. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

export interface RunProgramOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** How long the program may show no sign of life, neither a line nor a change of `pulse`, before it is ended. */
  patienceMs: number;
  /** Gives a number that changes while the program makes progress without printing, such as the size of a download. */
  pulse?: () => number;
  onLine?: (line: string) => void;
  /** Called about once a second. */
  onTick?: (elapsedMs: number) => void;
}

const TICK_MS = 1_000;
const GRACE_MS = 2_000;

/** Runs a program to its end and returns what it printed; throws with its last line if it fails or stands still. */
export async function runProgram(
  command: string,
  args: string[],
  options: RunProgramOptions,
): Promise<string> {
  const { cwd, env, patienceMs, pulse, onLine, onTick } = options;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const startedAt = Date.now();
  const lines: string[] = [];
  let lastSignAt = startedAt;
  let lastPulse = pulse?.();
  let gaveUp = false;

  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastSignAt = Date.now();
      lines.push(line);
      onLine?.(line);
    });
  }
  const ticker = setInterval(
    () => {
      const now = Date.now();
      const nextPulse = pulse?.();
      if (nextPulse !== lastPulse) {
        lastPulse = nextPulse;
        lastSignAt = now;
      }
      onTick?.(now - startedAt);
      if (now - lastSignAt < patienceMs || gaveUp) return;
      gaveUp = true;
      // A grandchild may hold the pipes open, and 'close' would wait for it.
      child.stdout.destroy();
      child.stderr.destroy();
      void endProcess(child, GRACE_MS);
    },
    Math.min(TICK_MS, patienceMs / 4),
  );

  try {
    const [code, signal] = await once(child, 'close');
    if (gaveUp) {
      throw new Error(`${basename(command)} made no progress for ${patienceMs / 1000} s and was ended`);
    }
    if (code === 0) return lines.join('\n');
    const lastLine = lines.findLast((line) => line.trim() !== '') ?? 'it printed nothing';
    throw new Error(
      `${basename(command)} ended with ${signal ?? `exit code ${code}`}: ${withoutUserInfo(lastLine)}`,
    );
  } finally {
    clearInterval(ticker);
  }
}

/** Ends a process: SIGTERM, and SIGKILL if it is still there after the grace. */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.kill('SIGTERM');
  await exited;
  clearTimeout(force);
}

/** Removes passwords: package tools name the address at which they failed, and that of a private proxy may hold one. */
function withoutUserInfo(line: string): string {
  return line.replaceAll(/\/\/[^/@\s]+@/g, '//');
}
