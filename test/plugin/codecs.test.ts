/** A namespace whose members encode their payloads, and a worker that has their converter and the plugin. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from '@temporalio/client';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { PowerAutomatePlugin } from '../../src';
import { DesktopFlows, type RunDesktopFlowInput } from '../../src/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { clearTextsIn, Encryption, fromText, toText } from '../helpers/encryption';
import { eventually, setUp } from '../helpers/harness';
import { sampleOf } from '../helpers/long-tests';

const CLEAR_TEXTS = ['the-clear-question', 'the-clear-answer', 'the-clear-error', 'the-clear-connection'];

class Compression implements PayloadCodec {
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => ({
      metadata: { encoding: Buffer.from('binary/gzip') },
      data: gzipSync(toText(payload)),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) =>
      Buffer.from(payload.metadata?.encoding ?? []).toString() === 'binary/gzip'
        ? fromText(gunzipSync(payload.data ?? Buffer.of()).toString('utf8'))
        : payload,
    );
  }
}

let emulator: Emulator;
let connection: NativeConnection;

beforeAll(async () => {
  emulator = await startEmulator();
  connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
});

afterAll(async () => {
  await connection.close();
  await emulator.close();
});

function flow(definition: object): RunDesktopFlowInput {
  const id = randomUUID();
  emulator.addFlow({ name: 'Answer', duration: '1s', ...definition, id });
  return {
    flowId: id,
    connectionName: `the-clear-connection-${id}`,
    runMode: 'unattended',
    inputs: { Question: 'the-clear-question' },
    retry: { maximumAttempts: 1 },
  };
}

const sessionOf = ({ flowId }: RunDesktopFlowInput) =>
  emulator.seen.sessions.find((session) => session.flowId === flowId);

/** Runs `test` beside a worker that has the converter, a watcher and a receiver of callbacks. */
async function withWorker(
  dataConverter: DataConverter,
  test: (flows: DesktopFlows, taskQueue: string) => Promise<void>,
) {
  const taskQueue = `codecs-${randomUUID()}`;
  const callbackPort = await freePort();
  const plugin = new PowerAutomatePlugin({
    environment: emulator.environment,
    callbackPort,
    callbackHost: '127.0.0.1',
    callbackBaseUrl: `http://127.0.0.1:${callbackPort}/callbacks`,
  });
  const workflowsPath = path.join(__dirname, 'workflows', 'all.ts');
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath,
    plugins: [plugin],
    dataConverter,
  });
  const client = new Client({ connection, dataConverter });
  await worker.runUntil(() => test(new DesktopFlows(client, { taskQueue }), taskQueue));
}

async function historiesOf(taskQueue: string): Promise<object[]> {
  const { workflow } = new Client({ connection });
  const histories: object[] = [];
  for await (const { workflowId, runId } of workflow.list({ query: `TaskQueue = '${taskQueue}'` }))
    histories.push(await workflow.getHandle(workflowId, runId).fetchHistory());
  return histories;
}

describe.each(
  sampleOf<[string, DataConverter]>(
    [
      [
        'encrypts, failures included',
        {
          payloadCodecs: [new Encryption()],
          failureConverterPath: path.join(__dirname, '..', 'workflows', 'fixtures', 'encoded-failures.ts'),
        },
      ],
      ['compresses', { payloadCodecs: [new Compression()] }],
    ],
    0,
  ),
)('where a codec %s', (_, dataConverter) => {
  it('a run, its update, its query, its cancellation and its callbacks work', async () => {
    await withWorker(dataConverter, async (flows, taskQueue) => {
      const start = (input: RunDesktopFlowInput) => flows.start(input, { workflowId: randomUUID() });
      const good = flow({ result: { Answer: 'the-clear-answer' } });
      const bad = flow({ ends: { status: 'Failed', errorMessage: 'the-clear-error' } });
      // No look of its own comes within the test: it hears of its robot by the callback.
      const called = { ...flow({}), poll: { initialInterval: '1h', maximumInterval: '1h', shared: false } };
      const endless = flow({ duration: '1h' });
      const [run, failing, hurried, stopped] = await Promise.all([good, bad, called, endless].map(start));
      const session = await stopped?.session();
      expect(session).toBe(sessionOf(endless)?.id);
      await eventually(async () => (await stopped?.view())?.phase === 'waiting');
      await stopped?.cancel();
      await expect(stopped?.result()).resolves.toEqual({ kind: 'cancelled' });
      expect(sessionOf(endless)).toMatchObject({ status: 'Cancelled' });
      await expect(run?.result()).resolves.toMatchObject({
        kind: 'succeeded',
        result: { outputs: { Answer: 'the-clear-answer' } },
      });
      await expect(failing?.result()).resolves.toMatchObject({
        kind: 'failed',
        type: 'DesktopFlowFailed',
        message: expect.stringContaining('the-clear-error'),
        details: { attempts: [{ errorMessage: 'the-clear-error' }] },
      });
      await expect(hurried?.result()).resolves.toMatchObject({ kind: 'succeeded' });
      // Four runs and a watcher.
      const histories = await eventually(async () => {
        const found = await historiesOf(taskQueue);
        return found.length >= 5 && found;
      });
      for (const history of histories) {
        expect(JSON.stringify(history).includes('Unknown encoding')).toBe(false);
        // Without a failure converter, the messages of failures pass every codec by.
        const hidden = dataConverter.failureConverterPath
          ? CLEAR_TEXTS
          : CLEAR_TEXTS.filter((text) => !text.endsWith('error'));
        expect(clearTextsIn(history, hidden)).toEqual([]);
      }
    });
  });
});
