/** The worker process on a Temporal server that knows no limits of task queues: the time-skipping one. */
import { randomUUID } from 'node:crypto';
import { startEmulator } from '../../src/testing/emulator';
import { type Harness, startHarness } from '../helpers/harness';
import { giveSecondTry } from '../helpers/time-skipping';
import { startWorker } from '../helpers/worker-process';

let harness: Harness;

giveSecondTry();

// Each try has a server of its own.
beforeEach(async () => {
  harness = await startHarness({ timeSkipping: true });
});

afterEach(() => harness.close());

it('runs flows, without a warning', async () => {
  const flow = { id: randomUUID(), name: 'Enter invoice', duration: 0, result: { Booking: 'B-1' } };
  const emulator = await startEmulator({ flows: { flows: [flow] } });
  const taskQueue = `older-${randomUUID()}`;
  const worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_ADDRESS: harness.env.address,
    TEMPORAL_TASK_QUEUE: taskQueue,
  });
  try {
    const run = harness.client.workflow.execute('RunDesktopFlow', {
      args: [{ flowId: flow.id, connectionName: 'invoices', runMode: 'unattended' }],
      taskQueue,
      workflowId: randomUUID(),
    });
    await expect(run).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    // The SDK warns of a server so old; we do not.
    expect(worker.log()).not.toMatch(/limit|starts that come/i);
  } finally {
    await worker.end('SIGTERM');
    await emulator.close();
  }
});
