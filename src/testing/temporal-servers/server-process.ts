/** HOST, development only: runs a server as a child process that does not outlive this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PINS_DIRECTORY } from './pins';
import { endProcess } from './run-program';

export interface ServerProcess {
  pid: number;
  /** Rejects when the process ends, with the end of its log. It never resolves. */
  ended: Promise<never>;
  /** Asks the process to end, forces it after a while, and waits until it has ended. */
  stop(): Promise<void>;
  /** Ends the process at once, as a crash would, and waits until it has ended. */
  kill(): Promise<void>;
}

const LOG_LINES = 20;
const GRACE_MS = 10_000;

/** Starts a server as a child process that does not outlive this one, however this one ends. */
export async function spawnServer(
  path: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<ServerProcess> {
  // In a session of its own, Ctrl-C does not reach the child: its starter may still need the server to close down.
  const detached = process.platform !== 'win32';
  const child = spawn(path, args, { env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      if (log.length > LOG_LINES) log.shift();
    });
  }
  const exited = once(child, 'close');
  await Promise.race([once(child, 'spawn'), exited]);
  const guard = spawnGuard(child);

  const ended = exited.then(([code, signal]) => {
    guard.kill('SIGKILL');
    throw new Error([`The server ended with ${signal ?? `exit code ${code}`}:`, ...log].join('\n'));
  });
  // Code that waits for the server learns of its end; without such code the end is not an error.
  ended.catch(() => undefined);

  return {
    pid: child.pid as number,
    ended,
    stop: () => endProcess(child, GRACE_MS),
    async kill() {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}

function spawnGuard(child: ChildProcess): ChildProcess {
  return spawn(process.execPath, [join(PINS_DIRECTORY, 'end-with-parent.js'), String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}
