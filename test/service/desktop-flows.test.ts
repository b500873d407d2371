/** A service in TypeScript: on the real server, with no import of ours but the entry for services. */
import { randomUUID } from 'node:crypto';
import { type DesktopFlowOutcome, DesktopFlows, type RunDesktopFlowInput } from '../../src/client';
import { eventually, type Harness, startHarness } from '../helpers/harness';

let harness: Harness;
let flows: DesktopFlows;

beforeAll(async () => {
  harness = await startHarness();
  flows = new DesktopFlows(harness.client, { taskQueue: harness.taskQueue });
});

afterAll(() => harness.close());

const id = () => ({ workflowId: `invoice-${randomUUID()}` });

it('runs a desktop flow, and has its outputs by their types', async () => {
  const input = harness.flow({ result: { Booking: 'B-1' } });
  const outcome = await flows.run<{ Booking: string }>(input, id());
  if (outcome.kind !== 'succeeded') throw new Error(outcome.kind);
  const booking: string | undefined = outcome.result.outputs?.Booking;
  expect(booking).toBe('B-1');
  expect(outcome.result).toMatchObject({ status: 'Succeeded', attempts: [{ status: 'Succeeded' }] });
});

it('tells the session and the view of a run that another service has started, and stops its robot', async () => {
  const { workflowId } = await flows.start(harness.flow({ duration: '1h' }), id());
  const run = flows.get(workflowId);
  const session = await run.session();
  expect(harness.emulator.seen.sessions.find((seen) => seen.id === session)).toMatchObject({
    status: 'Running',
  });
  await expect(run.view()).resolves.toMatchObject({ phase: 'waiting', flowSessionId: session });
  await run.cancel();
  await expect(run.result()).resolves.toEqual({ kind: 'cancelled' });
  expect(harness.emulator.seen.sessions.find((seen) => seen.id === session)).toMatchObject({
    status: 'Cancelled',
  });
  await expect(run.session()).resolves.toBe(session);
});

/** What a service writes: the compiler knows which ends there are. */
function decide(outcome: DesktopFlowOutcome): string {
  if (outcome.kind !== 'failed') return outcome.kind;
  switch (outcome.type) {
    case 'DesktopFlowFaulted':
      return `look at ${outcome.details.attempts.length} robots`;
    case 'TriggerOutcomeUnknown':
      return 'look whether there is a robot';
    case 'InvalidInput':
      return `correct ${outcome.details.problems?.map(({ field }) => field).join(', ')}`;
    default:
      return outcome.type;
  }
}

it.each<[string, object, Partial<RunDesktopFlowInput>, string]>([
  ['a robot that faults', { ends: 'Faulted' }, { retry: { maximumAttempts: 1 } }, 'look at 1 robots'],
  ['a wrong input', {}, { runMode: 'sleeping' as never }, 'correct runMode'],
  ['a flow that is not there', {}, { flowId: randomUUID() }, 'DataverseNotFound'],
])('gives the failure of %s as a value', async (_, definition, changes, decision) => {
  const run = await flows.start({ ...harness.flow(definition), ...changes } as RunDesktopFlowInput, id());
  expect(decide(await run.result())).toBe(decision);
});

it('has no session where no robot was started', async () => {
  const run = await flows.start({ ...harness.flow(), runMode: 'sleeping' as never }, id());
  await run.result();
  await expect(run.session()).resolves.toBeNull();
});

it('tells a run that was terminated from one that ended by itself', async () => {
  const run = await flows.start(harness.flow({ duration: '1h' }), id());
  await eventually(() => run.session());
  await harness.client.workflow.getHandle(run.workflowId).terminate('no invoice');
  await expect(run.result()).resolves.toMatchObject({ kind: 'terminated' });
});

it('throws what is no end of a run', async () => {
  await expect(flows.get(randomUUID()).result()).rejects.toThrow(/not found/);
  const { workflowId } = await flows.start(harness.flow({ duration: '1h' }), id());
  await expect(flows.start(harness.flow(), { workflowId })).rejects.toThrow(/already started/);
  await flows.get(workflowId).cancel();
});
