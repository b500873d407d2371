/** Inputs as large as they may be, while Dataverse takes no trigger. */
import { Client, Connection, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { eventually, type Harness } from '../../helpers/harness';
import { LONG } from '../../helpers/long-tests';
import { useTimeSkipping } from '../../helpers/time-skipping';

const LARGEST = 1_900_000;

/** `npm run test:long` waits for a whole day. */
const HOURS = LONG ? 24 : 1;

let harness: Harness;

useTimeSkipping({ connector: { settlingWindowMs: 200 } }, (started) => {
  harness = started;
});

const triggersOf = ({ flowId }: { flowId: string }) =>
  harness.emulator.seen.requests.filter((request) => request.kind === 'trigger' && request.flowId === flowId);

/** Of the first execution: with its robot, a run may go on in a new history. */
async function historyBytes(handle: WorkflowHandleWithFirstExecutionRunId): Promise<number> {
  const { workflowId, firstExecutionRunId } = handle;
  // The test server answers in one message, of which gRPC takes 4 MiB: the SDK's own 128 MiB go by a name that gRPC does not know.
  const channelArgs = { 'grpc.max_receive_message_length': 128 * 1024 * 1024 };
  const connection = await Connection.connect({ address: harness.env.address, channelArgs });
  const { workflow } = new Client({ connection });
  const history = await workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
  await connection.close();
  // Base64 is a third longer than what it stands for.
  return historyToJSON(history).length * 0.75;
}

it('stay below 10 MB of history through hours of refusals, and start one robot in the end', async () => {
  const input = harness.flow({ result: { Id: '{{inputs.Id}}' } });
  const Note = 'x'.repeat(LARGEST);
  // Dataverse asks for hardly any wait, each time.
  const refusal = { on: 'trigger', kind: 'throttle', retryAfterSeconds: 0, times: 'always' } as const;
  harness.emulator.inject({ ...refusal, flowId: input.flowId });
  const handle = await harness.start({ ...input, inputs: { Note, Id: 'I-7' }, scheduleToCloseTimeout: '2d' });
  await eventually(() => triggersOf(input).length > 0);
  await harness.env.sleep(HOURS * 3_600_000);
  expect(triggersOf(input).length).toBeGreaterThan(HOURS * 12);
  expect(triggersOf(input).length).toBeLessThan(HOURS * 12 + 100);
  harness.emulator.clearFaults();
  const { outputs } = await handle.result();
  expect(outputs).toEqual({ Id: 'I-7' });
  expect(await historyBytes(handle)).toBeLessThan(10_000_000);
  expect(harness.emulator.seen.sessions.filter(({ flowId }) => flowId === input.flowId)).toHaveLength(1);
}, 600_000);
