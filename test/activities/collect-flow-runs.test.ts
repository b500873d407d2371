import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCollectFlowRuns } from '../../src/activities/collect-flow-runs';
import { bytesOf, type CollectFlowRunsResult, MAX_RESULTS_BYTES } from '../../src/common/batch-result';
import { eventually, type Harness, startHarness } from '../helpers/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

function collect(input: unknown): Promise<CollectFlowRunsResult> {
  const environment = new MockActivityEnvironment({}, { client: harness.client });
  return environment.run(createCollectFlowRuns(), input as never);
}

async function startItem(batch: string, index: number, input: unknown, options = {}) {
  return harness.client.workflow.start('RunDesktopFlow', {
    args: [input] as never,
    taskQueue: harness.taskQueue,
    workflowId: `${batch}/${index}`,
    ...options,
  });
}

const isWorkflowClosed = async (handle: Awaited<ReturnType<typeof startItem>>) =>
  (await handle.describe()).status.name !== 'RUNNING';

describe('collectFlowRuns', () => {
  it('tells every way in which a workflow can have ended, and nothing of one that runs', async () => {
    const batch = randomUUID();
    const long = harness.flow({ duration: '1h' });
    const handles = [
      await startItem(batch, 0, harness.flow({ result: { Booking: 'B-1' } })),
      await startItem(batch, 1, harness.flow({ ends: 'Skipped' })),
      await startItem(batch, 2, long),
      await startItem(batch, 3, long),
      await startItem(batch, 4, long, { workflowExecutionTimeout: '1s' }),
    ];
    const running = await startItem(batch, 5, long);
    await handles[2]?.terminate('for the test');
    await handles[3]?.cancel();
    for (const handle of handles) await eventually(() => isWorkflowClosed(handle));
    const { ended } = await collect({ batch, indexes: [5, 4, 3, 2, 1, 0, 6] });
    expect(ended.map(({ index, status }) => [index, status])).toEqual([
      [4, 'WorkflowTimedOut'],
      [3, 'Cancelled'],
      [2, 'WorkflowTerminated'],
      [1, 'DesktopFlowSkipped'],
      [0, 'Succeeded'],
      [6, 'WorkflowNotFound'],
    ]);
    expect(ended.at(-2)).toEqual({
      index: 0,
      workflowId: `${batch}/0`,
      status: 'Succeeded',
      flowSessionId: expect.any(String),
      outputs: { Booking: 'B-1' },
    });
    await running.cancel();
    await running.result().catch(() => undefined);
  });

  it('waits for one that runs', async () => {
    const batch = randomUUID();
    const handle = await startItem(batch, 0, harness.flow({ duration: '2s' }));
    expect(await isWorkflowClosed(handle)).toBe(false);
    await expect(collect({ batch, indexes: [0] })).resolves.toMatchObject({
      ended: [{ status: 'Succeeded' }],
    });
  });

  it('answers as much as a payload can hold, and the others the next time', async () => {
    const batch = randomUUID();
    const input = harness.flow({ resultSize: 1_000_000 });
    for (const index of [0, 1]) await (await startItem(batch, index, input)).result();
    const { ended } = await collect({ batch, indexes: [0, 1] });
    expect(ended).toMatchObject([{ index: 0, outputs: expect.anything() }]);
    expect(bytesOf(ended)).toBeLessThan(MAX_RESULTS_BYTES);
    await expect(collect({ batch, indexes: [1] })).resolves.toMatchObject({ ended: [{ index: 1 }] });
  });

  it('refuses an input that it does not understand', async () => {
    await expect(collect({ batch: 'b', indexes: [-1] })).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining('indexes.0'),
    });
  });
});
