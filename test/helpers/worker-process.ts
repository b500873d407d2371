/** The worker as its operator runs it: `npm start`. */
import { type RunningProcess, type Spawned, spawnProgram, startProgram } from './built-process';

export type WorkerProcess = RunningProcess;

const WORKER = { file: 'worker.js' };

export function spawnWorker(environment: Record<string, string>): Spawned {
  return spawnProgram(WORKER, environment);
}

export function startWorker(environment: Record<string, string>): Promise<WorkerProcess> {
  return startProgram(WORKER, environment, 'The worker is ready');
}
