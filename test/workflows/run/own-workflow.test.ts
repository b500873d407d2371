/** Desktop flows in workflows of somebody else, in a worker with the plugin. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { type ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { PowerAutomatePlugin } from '../../../src';
import type { RunDesktopFlowInput } from '../../../src/client';
import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { eventually, setUp } from '../../helpers/harness';
import { itTakesLong } from '../../helpers/long-tests';
import { reset } from '../../helpers/resets';

const workflowsPath = path.join(__dirname, '..', 'fixtures', 'own-workflow.ts');

let emulator: Emulator;
let connection: NativeConnection;
let client: Client;
let worker: Worker;
let running: Promise<void>;
const taskQueue = `own-${randomUUID()}`;

beforeAll(async () => {
  emulator = await startEmulator();
  connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
  const plugins = [new PowerAutomatePlugin({ environment: emulator.environment, settlingWindowMs: 1_000 })];
  worker = await Worker.create({ connection, taskQueue, workflowsPath, plugins });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
  await emulator.close();
});

function flow(definition: object = {}): RunDesktopFlowInput {
  const id = randomUUID();
  const echo = {
    name: 'Pay',
    duration: '1s',
    inputs: { Invoice: 'string' },
    result: { Paid: '{{inputs.Invoice}}' },
  };
  emulator.addFlow({ ...echo, ...definition, id });
  return {
    flowId: id,
    connectionName: `connection-${id}`,
    runMode: 'unattended',
    retry: { initialInterval: 50 },
  };
}

const start = (workflowType: string, argument: unknown) =>
  client.workflow.start(workflowType, { args: [argument], taskQueue, workflowId: randomUUID() });

const sessionsOf = ({ flowId }: RunDesktopFlowInput) =>
  emulator.seen.sessions.filter((session) => session.flowId === flowId);

async function causeOf(handle: WorkflowHandle): Promise<unknown> {
  const error = await handle.result().catch((thrown: Error) => thrown);
  return (error as Error).cause;
}

it('runs several at once in one workflow, each with its own result, beside those of other workflows', async () => {
  const input = flow();
  const invoices = (prefix: string) =>
    [1, 2, 3].map((number) => ({ ...input, inputs: { Invoice: `${prefix}${number}` } }));
  const [one, other] = await Promise.all([
    start('payInvoices', invoices('A')),
    start('payInvoices', invoices('B')),
  ]);
  await expect(one.result()).resolves.toEqual([{ Paid: 'A1' }, { Paid: 'A2' }, { Paid: 'A3' }]);
  await expect(other.result()).resolves.toEqual([{ Paid: 'B1' }, { Paid: 'B2' }, { Paid: 'B3' }]);
  expect(sessionsOf(input)).toHaveLength(6);
  // A watcher looks for them, so that none of them looks by itself.
  const { events } = await one.fetchHistory();
  const scheduled = (events ?? []).map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
  );
  expect(scheduled).not.toContain('getFlowRunStatus');
  await Worker.runReplayHistory({ workflowsPath }, await one.fetchHistory());
});

itTakesLong('starts a new robot where one has faulted, and fails by type where none is left', async () => {
  const faulty = flow({ ends: ['Faulted', 'Succeeded'] });
  await expect((await start('payInvoices', [faulty])).result()).resolves.toHaveLength(1);
  expect(sessionsOf(faulty)).toHaveLength(2);
  const hopeless = { ...flow({ ends: ['Faulted'] }), retry: { maximumAttempts: 1 } };
  const cause = (await causeOf(await start('payInvoices', [hopeless]))) as ApplicationFailure;
  expect(cause.type).toBe('DesktopFlowFaulted');
  expect(cause.details?.[0]).toMatchObject({ status: 'Faulted', attempts: [{ status: 'Faulted' }] });
});

it('refuses a wrong input by the name of the field', async () => {
  const cause = (await causeOf(
    await start('payInvoices', [{ ...flow(), runMode: 'x' }]),
  )) as ApplicationFailure;
  expect(cause.type).toBe('InvalidInput');
  expect(cause.message).toMatch(/runMode/);
});

it('stops the robot of a scope that is cancelled, and lets the workflow go on', async () => {
  const input = flow({ duration: '1h' });
  const handle = await start('payUntilStopped', input);
  await eventually(() => sessionsOf(input).length === 1);
  await handle.signal('stop');
  await expect(handle.result()).resolves.toBe('stopped');
  expect(sessionsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
});

it.each(['payUntilStopped', 'payByChild'])(
  'stops the robot of %s when the workflow is cancelled',
  async (type) => {
    const input = flow({ duration: '1h' });
    const handle = await start(type, input);
    await eventually(() => sessionsOf(input).length === 1);
    await handle.cancel();
    if (type === 'payUntilStopped') await expect(handle.result()).resolves.toBe('stopped');
    else expect(await causeOf(handle)).toBeInstanceOf(CancelledFailure);
    expect(sessionsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
  },
);

it('starts one robot though the answer to its trigger is lost', async () => {
  const input = { ...flow(), inputs: { Invoice: 'C1' } };
  emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
  await expect((await start('payInvoices', [input])).result()).resolves.toEqual([{ Paid: 'C1' }]);
  expect(sessionsOf(input)).toHaveLength(1);
});

it('takes the robots of before, each for its own, when an operator resets it', async () => {
  const input = flow({ duration: '3s' });
  const inputs = ['D1', 'D2', 'D3'].map((Invoice) => ({
    ...input,
    connectionName: Invoice,
    inputs: { Invoice },
  }));
  const handle = await start('payInvoices', inputs);
  await eventually(async () => {
    const { events } = await handle.fetchHistory();
    return events?.filter((event) => event.activityTaskCompletedEventAttributes).length === 3;
  });
  const again = await reset(client, handle);
  await expect(again.result()).resolves.toEqual([{ Paid: 'D1' }, { Paid: 'D2' }, { Paid: 'D3' }]);
  expect(sessionsOf(input)).toHaveLength(3);
});

itTakesLong(
  'starts robots of their own for all of its runs after a reset, where they are told to start again',
  async () => {
    const input = { ...flow({ duration: '3s' }), onReset: 'startAgain' };
    const inputs = ['E1', 'E2'].map((Invoice) => ({
      ...input,
      connectionName: Invoice,
      inputs: { Invoice },
    }));
    const handle = await start('payInvoices', inputs);
    await eventually(() => sessionsOf(input as RunDesktopFlowInput).length === 2);
    const again = await reset(client, handle);
    await expect(again.result()).resolves.toEqual([{ Paid: 'E1' }, { Paid: 'E2' }]);
    const robots = sessionsOf(input as RunDesktopFlowInput);
    // By its key, which is in its URL, a robot is told from every other one.
    expect(new Set(robots.map(({ callbackUrl }) => callbackUrl)).size).toBe(4);
  },
);
