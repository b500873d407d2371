/** The receiver as a process of its own, with the keys of the workers and without. */
import { randomUUID } from 'node:crypto';
import { startProgram } from '../helpers/built-process';
import { eventually } from '../helpers/harness';
import { keys, newKey, type Stage, setStage } from './stage';

/** A program may take a minute to start. */
jest.setTimeout(120_000);

/** No look of the run's own comes within a test. */
const POLL = { initialInterval: '60s' };

const KEYS = keys(newKey('only'));

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  // The port is the receiver's.
  await stage.worker({ ...KEYS, CALLBACK_PORT: '' });
}, 90_000);

afterAll(() => stage.close());

it.each([
  ['with the keys, in encrypted signals', KEYS, 'binary/encrypted'],
  ['without keys, in clear signals, which have ids alone', {}, 'json/plain'],
])('ends an encrypted run %s', async (_how, receiverKeys, encoding) => {
  const flow = { id: randomUUID(), name: 'Answer', duration: '1s' as const, result: { Booking: 'B-1' } };
  stage.emulator.addFlow(flow);
  const receiver = await startProgram(
    { file: 'cli/main.js', args: ['callbacks'] },
    { ...stage.environment, ...receiverKeys },
    'The receiver is ready',
  );
  try {
    const { status } = stage.emulator.seen.counts;
    const handle = await stage.client(KEYS).workflow.start('RunDesktopFlow', {
      args: [{ flowId: flow.id, connectionName: randomUUID(), runMode: 'unattended', poll: POLL }],
      taskQueue: stage.taskQueue,
      workflowId: randomUUID(),
    });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    // The receiver signals the run before it answers.
    await eventually(() => stage.emulator.seen.callbacks.at(-1)?.status === 204);
    expect(stage.emulator.seen.counts.status).toBe((status ?? 0) + 1);
    const { events } = await handle.fetchHistory();
    const signals = (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []);
    const encodings = signals.flatMap(({ input }) =>
      (input?.payloads ?? []).map(({ metadata }) => Buffer.from(metadata?.encoding ?? []).toString()),
    );
    expect(encodings).toEqual([encoding]);
  } finally {
    await receiver.end('SIGKILL');
  }
});
