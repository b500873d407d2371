/** The worker as its operator runs it has no payload codec; a client that has one is told so. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const ENCODING = 'binary/encrypted';

/** Hides what it encodes well enough for these tests. */
class TestCodec implements PayloadCodec {
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(({ metadata, data }) => ({
      metadata: { encoding: Buffer.from(ENCODING), inner: metadata?.encoding ?? Buffer.of() },
      data: Buffer.from(data ?? []).reverse(),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads;
  }
}

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: 0, result: { ok: true } };
const INPUT = { flowId: FLOW.id, connectionName: 'invoices', runMode: 'unattended' };

let connection: Connection;
let emulator: Emulator;
let worker: WorkerProcess;
let taskQueue: string;

beforeEach(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  taskQueue = `worker-${randomUUID()}`;
  worker = await startWorker({ ...emulator.environment, TEMPORAL_TASK_QUEUE: taskQueue });
});

afterEach(async () => {
  await worker.end('SIGKILL');
  await emulator.close();
  await connection.close();
});

const plain = () => new Client({ connection });
const encoding = () => new Client({ connection, dataConverter: { payloadCodecs: [new TestCodec()] } });

const start = (client: Client) =>
  client.workflow.start('RunDesktopFlow', { args: [INPUT], taskQueue, workflowId: randomUUID() });

function linesAboutEncodings(): Record<string, unknown>[] {
  const lines = worker.log().trim().split('\n');
  return lines.map((line) => JSON.parse(line)).filter(({ encoding }) => encoding !== undefined);
}

it('a run that a client with a codec starts is told of in the log once, with what to do', async () => {
  const first = await start(encoding());
  const second = await start(encoding());
  for (const handle of [first, second]) {
    await eventually(async () => JSON.stringify(await handle.fetchHistory()).includes('workflowTaskFailed'));
  }
  await eventually(() => linesAboutEncodings().length > 0);
  // Runs of others go on.
  await expect((await start(plain())).result()).resolves.toMatchObject({ outputs: { ok: true } });
  expect(emulator.seen.sessions).toHaveLength(1);
  const lines = linesAboutEncodings();
  expect(lines).toMatchObject([{ level: 'error', encoding: ENCODING, namespace: 'default' }]);
  expect([first.workflowId, second.workflowId]).toContain(lines[0]?.workflowId);
  expect(lines[0]?.msg).toMatch(/Unknown encoding/);
  expect(lines[0]?.msg).toMatch(/`dataConverter`.*worker of your own.*docs\/configuration\.md/);
});

it('a signal by a client with a codec is told of too, with the run that it holds up', async () => {
  emulator.addFlow({ ...FLOW, duration: '1h' });
  const { workflowId } = await start(plain());
  await plain().workflow.getHandle(workflowId).executeUpdate('awaitFlowSession');
  await encoding().workflow.getHandle(workflowId).signal('desktopFlowCompleted', {});
  await eventually(() => linesAboutEncodings().length > 0);
  expect(linesAboutEncodings()).toMatchObject([{ encoding: ENCODING, workflowId }]);
});
