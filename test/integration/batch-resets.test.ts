/** An operator resets a batch: no item is run again, no result is lost, and no robot goes on after a cancel. */
import type { WorkflowHandle } from '@temporalio/client';
import type { Page } from '../../src/common/batch';
import type { BatchItemResult } from '../../src/common/batch-result';
import { type Batches, indexesOf, many, range, startBatches } from '../helpers/batches';
import { eventually } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { reset } from '../helpers/resets';

let batches: Batches;

beforeAll(async () => {
  batches = await startBatches();
});

afterAll(() => batches.harness.close());

/** The pages that were handed over for one execution: after a reset they are numbered from 0 again. */
function resultsOf({ workflowId }: WorkflowHandle, runId: string): BatchItemResult[] {
  const pages = batches.taken.filter((page) => page.batch === workflowId && page.runId === runId);
  const byNumber = new Map(pages.map((page) => [page.page, page.results]));
  expect([...byNumber.keys()].sort((one, other) => one - other)).toEqual(range(byNumber.size));
  return [...byNumber.values()].flat();
}

const runIdOf = async (handle: WorkflowHandle) => (await handle.describe()).runId;
const idsOf = (flow: { flowId: string }) => batches.sessions(flow).map(({ id }) => id);

/** Ends every robot of a flow, whenever it starts, until the work is done. */
async function endingAll<T>(flow: { flowId: string }, work: Promise<T>): Promise<T> {
  let isOver = false;
  const done = work.finally(() => {
    isOver = true;
  });
  await eventually(() => {
    for (const { id } of batches.running(flow)) batches.harness.emulator.setStatus(id, 'Succeeded');
    return isOver;
  }, 60_000);
  return done;
}

describe('a batch of 50 items', () => {
  it.each(sampleOf(['first', 'last'], 0))(
    'that is reset to its %s workflow task, with some items at their ends, goes on with the same robots',
    async (which) => {
      const ended = 20;
      const slow = batches.harness.flow({ duration: '1h' });
      const quick = batches.harness.flow();
      const items = [...many(ended, quick), ...many(50 - ended, slow)];
      const handle = await batches.start({ items, maximumConcurrent: 10 });
      await eventually(() => batches.running(slow).length === 10, 30_000);
      const robots = idsOf(slow);
      const again = await reset(batches.harness.client, handle, which);
      const result = await endingAll(slow, again.result());
      expect(result).toMatchObject({ total: 50, succeeded: 50, failed: 0, cancelled: 0 });
      expect(indexesOf(result.results ?? [])).toEqual(range(50));
      expect(idsOf(slow).slice(0, 10)).toEqual(robots);
      expect(idsOf(slow)).toHaveLength(50 - ended);
      expect(idsOf(quick)).toHaveLength(ended);
    },
  );

  it.each(sampleOf(['first', 'last'], 1))(
    'that has ended, and is reset to its %s workflow task, has the same result and hands it over again',
    async (which) => {
      const flow = batches.harness.flow({ result: { n: '{{inputs.n}}' } });
      batches.answerPage = ({ cursor }): Page => {
        const first = Number(cursor ?? 0);
        const items = range(25).map((n) => ({ inputs: { n: first + n } }));
        return { items, nextCursor: first === 0 ? '25' : null };
      };
      const handle = await batches.start({
        pages: { activity: 'loadPage' },
        defaults: flow,
        maximumConcurrent: 10,
        results: { activity: 'takeResults', pageSize: 20 },
      });
      const before = await handle.result();
      const runIds = [await runIdOf(handle)];
      const again = await reset(batches.harness.client, handle, which);
      await expect(again.result()).resolves.toEqual(before);
      runIds.push(await runIdOf(again));
      expect(idsOf(flow)).toHaveLength(50);
      const outputs = (results: BatchItemResult[]) =>
        results.map(({ index, outputs }) => `${index}: ${outputs?.n}`).sort();
      const all = range(50).map((n) => `${n}: ${n}`);
      expect(outputs(resultsOf(handle, runIds[0] ?? ''))).toEqual(all.sort());
      if (which === 'first') expect(outputs(resultsOf(handle, runIds[1] ?? ''))).toEqual(all.sort());
    },
  );

  itTakesLong(
    'that is reset to its first workflow task and cancelled at once stops every robot, and starts none',
    async () => {
      const flow = batches.harness.flow({ duration: '1h' });
      const handle = await batches.start({ items: many(50, flow), maximumConcurrent: 10 });
      await eventually(() => batches.running(flow).length === 10, 30_000);
      const again = await reset(batches.harness.client, handle);
      await again.cancel();
      await expect(again.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(batches.running(flow)).toEqual([]);
      expect(idsOf(flow)).toHaveLength(10);
    },
  );
});

itTakesLong(
  'a batch in its second history, reset in it, goes on with the same robots',
  async () => {
    const quick = batches.harness.flow();
    const slow = batches.harness.flow({ duration: '1h' });
    const handle = await batches.start({
      items: [...many(6, slow), ...many(220, quick), ...many(20, slow)],
      maximumConcurrent: 16,
    });
    await eventually(async () => {
      const isNew =
        (await runIdOf(batches.harness.client.workflow.getHandle(handle.workflowId))) !==
        handle.firstExecutionRunId;
      return isNew && batches.running(slow).length === 16;
    }, 120_000);
    const again = await reset(batches.harness.client, handle);
    const result = await endingAll(slow, again.result());
    expect(result).toMatchObject({ total: 246, succeeded: 246 });
    expect(idsOf(slow)).toHaveLength(26);
    expect(idsOf(quick)).toHaveLength(220);
  },
  240_000,
);
