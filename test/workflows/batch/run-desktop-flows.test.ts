import { randomUUID } from 'node:crypto';
import type { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import type { Page, RunDesktopFlowsInput } from '../../../src/common/batch';
import { type Batches, indexesOf, many, range, startBatches } from '../../helpers/batches';
import { eventually, failureOf } from '../../helpers/harness';
import { itTakesLong, LONG } from '../../helpers/long-tests';

let batches: Batches;

beforeAll(async () => {
  batches = await startBatches();
});

afterAll(() => batches.harness.close());

beforeEach(() => {
  batches.beforeTaking = () => undefined;
});

const run = async (input: RunDesktopFlowsInput) => (await batches.start(input)).result();

/** Most robots that were at work at one moment. */
function mostAtOnce(flow: { flowId: string }): number {
  const sessions = batches.sessions(flow);
  const at = (moment: number) =>
    sessions.filter(({ createdOn, completedOn = Infinity }) => createdOn <= moment && moment < completedOn);
  return Math.max(...sessions.map(({ createdOn }) => at(createdOn).length));
}

/** Ends are noticed by looks, which are seconds apart, and on a busy machine far more. */
const ROUND_WITHIN_MS = 60_000;

describe('RunDesktopFlows', () => {
  it('runs every item of a list, never more at once than it may, and lists the results', async () => {
    // Held until three are at work: on a busy machine a short robot may end before the next one starts.
    const flow = batches.harness.flow({ duration: '1h' });
    const { connectionName: _own, ...defaults } = flow;
    const items = range(12).map((n) => ({ connectionName: `c-${n}`, inputs: { n } }));
    const handle = await batches.start({ items, defaults, maximumConcurrent: 3 });
    for (const _round of range(4)) {
      await eventually(() => batches.running(flow).length === 3, ROUND_WITHIN_MS);
      for (const { id } of batches.running(flow)) batches.harness.emulator.setStatus(id, 'Succeeded');
    }
    const result = await handle.result();
    expect(result).toMatchObject({ total: 12, succeeded: 12, failed: 0, cancelled: 0, failures: [] });
    expect(indexesOf(result.results ?? [])).toEqual(range(12));
    expect(result.results).toContainEqual({
      index: 11,
      workflowId: `${handle.workflowId}/11`,
      status: 'Succeeded',
      flowSessionId: batches.sessions(flow).find(({ connection }) => connection === 'c-11')?.id,
    });
    expect(batches.sessions(flow)).toHaveLength(12);
    expect(mostAtOnce(flow)).toBe(3);
    await expect(batches.view(handle)).resolves.toEqual({
      phase: 'finished',
      total: 12,
      started: 12,
      running: 0,
      succeeded: 12,
      failed: 0,
      cancelled: 0,
    });
  }, 240_000);

  it('reads pages one after the other, and hands the results over in pages, outputs included', async () => {
    const flow = batches.harness.flow({ result: { Booking: 'B-{{inputs.n}}' } });
    const sizes = [4, 0, 3];
    batches.answerPage = ({ cursor }): Page => {
      const page = Number(cursor ?? 0);
      const items = range(sizes[page] ?? 0).map((n) => ({ inputs: { n: `${page}${n}` } }));
      return { items, nextCursor: page === 2 ? null : String(page + 1) };
    };
    const handle = await batches.start({
      pages: { activity: 'loadPage', input: { of: null } },
      defaults: flow,
      maximumConcurrent: 2,
      results: { activity: 'takeResults', pageSize: 3 },
    });
    await expect(handle.result()).resolves.toEqual({
      total: 7,
      succeeded: 7,
      failed: 0,
      cancelled: 0,
      failures: [],
    });
    expect(batches.requests).toEqual([null, '1', '2'].map((cursor) => ({ cursor, input: { of: null } })));
    const results = batches.results(handle);
    expect(indexesOf(results)).toEqual(range(7));
    expect(batches.takenOf(handle).map((page) => page.results.length)).toEqual([3, 3, 1]);
    expect(results.find(({ index }) => index === 5)).toEqual({
      index: 5,
      workflowId: `${handle.workflowId}/5`,
      status: 'Succeeded',
      flowSessionId: expect.any(String),
      outputs: { Booking: 'B-21' },
    });
  });

  it('ends at once where there is nothing to do', async () => {
    await expect(run({ items: [] })).resolves.toMatchObject({ total: 0, succeeded: 0, results: [] });
    batches.answerPage = () => ({ items: [] });
    await expect(run({ pages: { activity: 'loadPage' } })).resolves.toMatchObject({ total: 0 });
  });

  it('goes on after failures, and tells them: robots, wrong inputs, workflows that were ended or were there', async () => {
    const flow = batches.harness.flow({ ends: { status: 'Failed', errorMessage: 'No such invoice.' } });
    const good = batches.harness.flow();
    const long = batches.harness.flow({ duration: '1h' });
    const workflowId = randomUUID();
    const { taskQueue } = batches.harness;
    const other = await batches.harness.client.workflow.start('RunDesktopFlow', {
      args: [long],
      taskQueue,
      workflowId: `${workflowId}/3`,
    });
    const items = [flow, { ...good, runMode: 'never' }, good, good, long, long];
    const handle = await batches.start({ items }, workflowId);
    await eventually(() => batches.running(long).length === 3);
    await batches.harness.client.workflow.getHandle(`${workflowId}/4`).terminate();
    await batches.harness.client.workflow.getHandle(`${workflowId}/5`).cancel();
    const result = await handle.result();
    expect(result).toMatchObject({ total: 6, succeeded: 1, failed: 4, cancelled: 1 });
    expect(result.failures.toSorted((one, next) => one.index - next.index)).toEqual([
      {
        index: 0,
        workflowId: `${workflowId}/0`,
        type: 'DesktopFlowFailed',
        message: expect.stringContaining('No such invoice.'),
      },
      expect.objectContaining({
        index: 1,
        type: 'InvalidInput',
        message: expect.stringContaining('runMode'),
      }),
      expect.objectContaining({ index: 3, type: 'WorkflowAlreadyStarted' }),
      expect.objectContaining({ index: 4, type: 'WorkflowTerminated' }),
    ]);
    expect(result.results).toContainEqual({
      index: 0,
      workflowId: `${workflowId}/0`,
      status: 'DesktopFlowFailed',
      flowSessionId: batches.sessions(flow)[0]?.id,
    });
    expect(result.results).toContainEqual(expect.objectContaining({ index: 5, status: 'Cancelled' }));
    await other.cancel();
    await expect(other.result()).rejects.toThrow();
  });

  it('starts nothing more after a failure with onFailure stop, and finishes what is under way', async () => {
    const bad = batches.harness.flow({ ends: 'Failed' });
    const good = batches.harness.flow({ duration: '3s' });
    const handle = await batches.start({
      items: [bad, ...many(9, good)],
      maximumConcurrent: 3,
      onFailure: 'stop',
    });
    const { failure } = await failureOf(handle);
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      nonRetryable: true,
      message: expect.stringContaining('1 failed, and at most 0 may'),
      details: [{ total: 10, succeeded: 2, failed: 1, cancelled: 0, failures: [{ index: 0 }] }],
    });
    expect(batches.sessions(good).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
  });

  itTakesLong('bears maximumFailures, and not one more', async () => {
    const bad = batches.harness.flow({ ends: 'Failed' });
    const good = batches.harness.flow();
    const batch = { items: [bad, good, bad, good], maximumConcurrent: 1 };
    await expect(run({ ...batch, maximumFailures: 2 })).resolves.toMatchObject({ succeeded: 2, failed: 2 });
    const { failure } = await failureOf(await batches.start({ ...batch, maximumFailures: 1 }));
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      details: [{ succeeded: 1, failed: 2 }],
    });
  });

  it('names every wrong field, and starts nothing', async () => {
    const { failure } = await failureOf(await batches.start({ items: [3], pages: {}, colour: 'red' }));
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(failure.message).toMatch(
      /items\.0: must be an object.*pages\.activity: is required.*colour: is no/,
    );
  });

  it.each([
    ['a text', 'nonsense', 'input: must be one JSON object'],
    ['another shape', { items: [{}], next_cursor: 'x' }, 'next_cursor: is not a field'],
    ['an item that is none', { items: [{}, 3] }, 'items.1: must be an object'],
    [
      'a cursor that leads nowhere',
      { items: [], nextCursor: 'again' },
      'nextCursor: is that of this very page',
    ],
  ])('fails when its pages are answered with %s, and says so', async (_what, answer, problem) => {
    const flow = batches.harness.flow();
    batches.answerPage = ({ cursor }) => (cursor === null ? { items: [flow], nextCursor: 'again' } : answer);
    const { failure } = await failureOf(
      await batches.start({ pages: { activity: 'loadPage' }, results: { activity: 'takeResults' } }),
    );
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      message: expect.stringContaining(problem),
      details: [{ total: null, succeeded: 1 }],
    });
    expect(failure.message).toContain('`pages`');
  });
});

interface Plan {
  /** Whether each robot succeeds. */
  ends: boolean[];
  pageSize: number;
  maximumConcurrent: number;
  resultsPageSize: number;
  maximumFailures: number | null;
}

/** At once. */
const PLANS = LONG ? 12 : 5;

const plans = fc.array(
  fc.record<Plan>({
    ends: fc.array(fc.boolean(), { maxLength: 9 }),
    pageSize: fc.integer({ min: 1, max: 4 }),
    maximumConcurrent: fc.integer({ min: 1, max: 4 }),
    resultsPageSize: fc.integer({ min: 1, max: 4 }),
    maximumFailures: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  { minLength: PLANS, maxLength: PLANS },
);

describe('any batch', () => {
  it('starts each item once, tells each end once, and stops where it has to', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (all) => {
        const flow = { true: batches.harness.flow(), false: batches.harness.flow({ ends: 'Failed' }) };
        batches.answerPage = ({ cursor, input }): Page => {
          const { ends, pageSize } = input as Plan;
          const first = Number(cursor ?? 0);
          const items = ends.slice(first, first + pageSize).map((end) => flow[`${end}`]);
          return { items, nextCursor: first + pageSize < ends.length ? String(first + pageSize) : null };
        };
        await Promise.all(all.map(carryOut));
      }),
      { numRuns: 1 },
    );
  });
});

async function carryOut(plan: Plan): Promise<void> {
  const { ends, maximumConcurrent, maximumFailures, resultsPageSize } = plan;
  const handle = await batches.start({
    pages: { activity: 'loadPage', input: plan },
    maximumConcurrent,
    maximumFailures,
    results: { activity: 'takeResults', pageSize: resultsPageSize },
  });
  const outcome = await handle.result().catch((error) => error.cause as ApplicationFailure);
  const { succeeded, failed } = await batches.view(handle);
  const results = batches.results(handle);
  const expected = ends.map((end, index) => [index, end ? 'Succeeded' : 'DesktopFlowFailed']);
  expect(results.map(({ index, status }) => [index, status]).sort(byFirst)).toEqual(
    expected.slice(0, results.length),
  );
  expect(succeeded + failed).toBe(results.length);
  const isStopped = failed > (maximumFailures ?? ends.length);
  if (isStopped) expect(outcome).toMatchObject({ type: 'DesktopFlowBatchFailed', details: [{ failed }] });
  else expect(outcome).toMatchObject({ total: ends.length, succeeded, failed });
  if (!isStopped) expect(results).toHaveLength(ends.length);
  // Those that were under way when it was stopped, and no more.
  else expect(failed).toBeLessThanOrEqual((maximumFailures ?? 0) + maximumConcurrent);
}

function byFirst([one]: unknown[], [other]: unknown[]): number {
  return Number(one) - Number(other);
}
