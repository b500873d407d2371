/** A Temporal server of its own, whose store is a file, an emulator, and worker processes with keys. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { readTemporalConfig } from '../../src/config/config';
import { dataConverterOf } from '../../src/temporal/data-converter';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { type DevServer, startDevServer } from '../../src/testing/temporal-servers';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { runProgram } from '../helpers/built-process';
import { PROMPT_TIMERS } from '../helpers/prompt-timers';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

export interface Stage {
  server: DevServer;
  emulator: Emulator;
  connection: Connection;
  taskQueue: string;
  /** Of the command and of the worker. */
  environment: Record<string, string>;
  /** Starts another worker process. */
  worker(keys: Record<string, string>): Promise<WorkerProcess>;
  /** As a service makes it. */
  client(keys: Record<string, string>): Client;
  desktopFlow(args: string[], keys: Record<string, string>): ReturnType<typeof runProgram>;
  /** All that the workers have written until now. */
  logs(): string;
  /** Histories of all executions, as Temporal keeps them, with the bytes of payloads as text. */
  histories(): Promise<string>;
  /** The bytes of the server's store, as text. */
  store(): Promise<string>;
  close(): Promise<void>;
}

export const newKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`;

export const keys = (...list: string[]) => ({ PAYLOAD_ENCRYPTION_KEYS: list.join(',') });

/** @param ui whether Temporal's web UI is there */
export async function setStage({ ui = false } = {}): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'encryption-'));
  const server = await startDevServer({
    own: true,
    ui,
    dynamicConfig: PROMPT_TIMERS,
    dbFilename: path.join(folder, 'temporal.db'),
  });
  const emulator = await startEmulator();
  const connection = await Connection.connect({ address: server.address });
  const taskQueue = `encryption-${randomUUID()}`;
  const port = await freePort();
  const environment = {
    ...emulator.environment,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    CALLBACK_PORT: String(port),
    CALLBACK_BASE_URL: `http://127.0.0.1:${port}/callbacks`,
    CALLBACK_SIGNING_KEYS: 'a signing key of these tests',
  };
  const workers: WorkerProcess[] = [];
  return {
    server,
    emulator,
    connection,
    taskQueue,
    environment,
    async worker(more) {
      const worker = await startWorker({ ...environment, LOG_LEVEL: 'debug', ...more });
      workers.push(worker);
      return worker;
    },
    client: (more) =>
      new Client({ connection, dataConverter: dataConverterOf(readTemporalConfig(more).payloads) }),
    desktopFlow: (args, more) => runProgram({ file: 'cli/main.js', args }, { ...environment, ...more }),
    logs: () => workers.map((worker) => worker.log()).join('\n'),
    async histories() {
      const { workflow } = new Client({ connection });
      const shown: string[] = [];
      for await (const { workflowId, runId } of workflow.list())
        shown.push(asText(await workflow.getHandle(workflowId, runId).fetchHistory()));
      return shown.join('\n');
    },
    async store() {
      const files = await readdir(folder);
      const texts = files.map((file) => readFile(path.join(folder, file), 'latin1'));
      return (await Promise.all(texts)).join('\n');
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
      await connection.close();
      await emulator.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

function asText(history: object): string {
  return JSON.stringify(history, (_name, value) =>
    value?.type === 'Buffer' || value instanceof Uint8Array
      ? Buffer.from(value.data ?? value).toString('latin1')
      : value,
  );
}

/** Which of the marks are in a text, as they are or in Base64, wherever they stand in it. */
export function marksIn(text: string, marks: readonly string[]): string[] {
  return marks.filter((mark) => [mark, ...inBase64(mark)].some((form) => text.includes(form)));
}

/** Three bytes make four characters, so there are three forms; without the characters that depend on what is around it. */
function inBase64(mark: string): string[] {
  return [0, 1, 2].map((before) => {
    const base64 = Buffer.from('x'.repeat(before) + mark).toString('base64');
    return base64.slice(before + 1, -4);
  });
}
