/** Anybody who may write to the namespace can send any message: none may fail a workflow task. */
import { randomUUID } from 'node:crypto';
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import fc from 'fast-check';
import { DESKTOP_FLOW_COMPLETED } from '../../src/common/messages';
import { DESKTOP_FLOW_ENDED, FORGET_WATCHED, WATCH_FLOW_RUNS, WATCH_MORE } from '../../src/common/watch';
import { eventually, type Harness, startHarness } from '../helpers/harness';

const CASES = 15;
const MESSAGES = 25;

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ sharedPolling: true, ownNamespace: true });
});

afterAll(() => harness.close());

const anything = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom(null, {}, [], '', 'x', 0, -1, 1e308, 5e-324),
);
const rarely = (usual: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: usual }, anything);
const optional = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });

const number = fc.oneof(fc.constantFrom(10, 1000, 86_400_000, 1, 1.000001, 0.999, 100), fc.double());
const poll = optional({
  initialInterval: rarely(number),
  maximumInterval: rarely(number),
  backoffCoefficient: rarely(number),
});
const robot = optional({
  flowSessionId: rarely(fc.uuid()),
  workflowId: rarely(fc.string()),
  poll: rarely(poll),
});
const toWatcher = fc.record({
  signal: fc.constantFrom(WATCH_MORE, FORGET_WATCHED),
  argument: rarely(fc.array(rarely(fc.oneof(robot, fc.uuid())))),
});

const toRun = (flowSessionId: string) =>
  fc.record({
    signal: fc.constantFrom(DESKTOP_FLOW_COMPLETED, DESKTOP_FLOW_ENDED),
    argument: rarely(
      optional({
        flowSessionId: rarely(fc.constant(flowSessionId)),
        statusCode: rarely(fc.constantFrom(2, 4, 8, 9, 12, '4', [4], 99, 4.5)),
        status: anything,
        errorCode: anything,
        errorSubCode: anything,
        errorMessage: anything,
        startedOn: anything,
        completedOn: anything,
        outputs: anything,
      }),
    ),
  });

interface Message {
  signal: string;
  argument: unknown;
}

/** Sends them all, and waits until they have been handled. */
async function send(handle: WorkflowHandle, messages: readonly Message[]): Promise<void> {
  for (const { signal, argument } of messages) {
    await handle.signal(signal, argument).catch((error: unknown) => {
      // A run that was told the end of its robot is over.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    });
  }
  await eventually(async () => {
    const events = (await handle.fetchHistory()).events ?? [];
    // A workflow that ends just when a message comes tries that task again, which is no failure.
    const failed = events
      .map((event) => event.workflowTaskFailedEventAttributes?.failure?.message)
      .find((message) => message && message !== 'UnhandledCommand');
    if (failed) throw new Error(failed);
    const last = events.findLastIndex((event) => event.workflowExecutionSignaledEventAttributes);
    return events.slice(last).some((event) => event.workflowTaskCompletedEventAttributes);
  });
}

it('lets the watcher watch on, whatever message comes', async () => {
  const handle = await harness.client.workflow.start(WATCH_FLOW_RUNS, {
    args: [{}],
    taskQueue: harness.taskQueue,
    workflowId: randomUUID(),
  });
  const watched = {
    flowSessionId: randomUUID(),
    workflowId: 'nobody',
    poll: { initialInterval: 3_600_000, maximumInterval: 3_600_000, backoffCoefficient: 1 },
  };
  await handle.signal(WATCH_MORE, [watched]);
  const messages = fc.array(toWatcher, { minLength: 1, maxLength: MESSAGES });
  await fc.assert(
    fc.asyncProperty(messages, (sent) => send(handle, sent)),
    { numRuns: CASES },
  );
  await handle.terminate();
}, 120_000);

it('lets a run go on or end, whatever message comes', async () => {
  const input = { ...harness.flow({ duration: '1h' }), retry: { maximumAttempts: 1 } };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: MESSAGES }), async (seeds) => {
      const handle = await harness.start({ ...input, connectionName: randomUUID() });
      const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
      const sent = seeds.flatMap((seed) => fc.sample(toRun(flowSessionId), { seed, numRuns: 1 }));
      await send(handle, sent);
      await eventually(() => handle.query('desktopFlowRun'));
      await handle.terminate().catch(() => undefined);
    }),
    { numRuns: CASES },
  );
}, 120_000);
