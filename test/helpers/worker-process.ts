/** The worker as its operator runs it: `npm start`, a process of its own, configured by its environment alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually, setUp } from './harness';

export interface WorkerProcess {
  /** Everything that it wrote until now. */
  log(): string;
  /** Ends it and waits until it is gone; answers its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

const WORKER = path.join(__dirname, '..', '..', 'dist', 'worker.js');

export function spawnWorker(environment: Record<string, string>): { child: ChildProcess; log: () => string } {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [WORKER], { env: { PATH, HOME, ...environment } });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  return { child, log: () => log };
}

export async function startWorker(environment: Record<string, string>): Promise<WorkerProcess> {
  const { child, log } = spawnWorker({ TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'), ...environment });
  const exit = once(child, 'exit');
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`the worker ended: ${log()}`);
    return log().includes('The worker is ready');
  });
  return {
    log,
    async end(signal) {
      child.kill(signal);
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}
