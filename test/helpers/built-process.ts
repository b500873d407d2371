/** A built program as its operator runs it: a process of its own, configured by its environment alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually, setUp } from './harness';

export interface Program {
  /** Below dist/, or with its whole path. */
  file: string;
  args?: string[];
  /** @default that of the tests */
  cwd?: string;
}

export interface Spawned {
  child: ChildProcess;
  /** Everything that it wrote until now. */
  log: () => string;
}

export interface RunningProcess {
  pid: number | undefined;
  /** Everything that it wrote until now. */
  log(): string;
  /** Ends it and waits until it is gone; answers its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
}

/** `TEST_DIST`: another build, as the mutations of chaos make it. */
const DIST = path.join(__dirname, '..', '..', process.env.TEST_DIST ?? 'dist');

export function spawnProgram(
  { file, args = [], cwd }: Program,
  environment: Record<string, string>,
): Spawned {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...environment };
  const child = spawn(process.execPath, [path.resolve(DIST, file), ...args], { env, cwd });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  return { child, log: () => log };
}

/** Runs it to its end. */
export async function runProgram(
  program: Program,
  environment: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { child } = spawnProgram(program, environment);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (text: string) => {
      written[name] += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}

/** On a machine that is busy. */
const READY_WITHIN_MS = 60_000;

/** With the Temporal server of the tests. */
export async function startProgram(
  program: Program,
  environment: Record<string, string>,
  readyText: string,
): Promise<RunningProcess> {
  const temporal = { TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS') };
  const { child, log } = spawnProgram(program, { ...temporal, ...environment });
  const exit = once(child, 'exit');
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`${program.file} ended: ${log()}`);
    return log().includes(readyText);
  }, READY_WITHIN_MS);
  return {
    pid: child.pid,
    log,
    async end(signal) {
      child.kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}
