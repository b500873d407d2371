import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import type { Page, PageRequest, RunDesktopFlowsInput } from '../../src/common/batch';
import type { BatchItemResult, ResultsPage, RunDesktopFlowsResult } from '../../src/common/batch-result';
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { DesktopFlowBatchView } from '../../src/common/messages';
import { eventually, failureOf, type Harness, startHarness } from '../helpers/harness';

type Handle = WorkflowHandleWithFirstExecutionRunId<() => Promise<RunDesktopFlowsResult>>;

let harness: Harness;

/** What the caller's own activities do; a test sets them. */
let answerPage: (request: PageRequest) => unknown;
let takePage: (page: ResultsPage) => unknown = () => undefined;
let requests: PageRequest[] = [];
const taken = new Map<string, ResultsPage[]>();

beforeAll(async () => {
  harness = await startHarness({
    emulator: { limits: { startsPerMinute: 1_000_000, requests: 1_000_000 } },
    activities: {
      async loadPage(request: PageRequest) {
        requests.push(request);
        return answerPage(request);
      },
      async takeResults(page: ResultsPage) {
        await takePage(page);
        taken.set(page.batch, [...(taken.get(page.batch) ?? []), page]);
      },
    },
  });
});

afterAll(() => harness.close());

beforeEach(() => {
  requests = [];
  takePage = () => undefined;
});

function start(input: unknown): Promise<Handle> {
  return harness.client.workflow.start<() => Promise<RunDesktopFlowsResult>>('RunDesktopFlows', {
    args: [input] as never,
    taskQueue: harness.taskQueue,
    workflowId: randomUUID(),
  });
}

const run = async (input: RunDesktopFlowsInput) => (await start(input)).result();

const many = (count: number, item: object = {}) => Array.from({ length: count }, () => item);

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

const viewOf = (handle: Handle) => handle.query<DesktopFlowBatchView>('desktopFlowBatch');

function sessionsOf({ flowId }: RunDesktopFlowInput) {
  return harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);
}

const runningOf = (flow: RunDesktopFlowInput) => sessionsOf(flow).filter(({ completedOn }) => !completedOn);

/** Most robots that were at work at one moment. */
function mostAtOnce(flow: RunDesktopFlowInput): number {
  const sessions = sessionsOf(flow);
  const at = (moment: number) =>
    sessions.filter(({ createdOn, completedOn = Infinity }) => createdOn <= moment && moment < completedOn);
  return Math.max(...sessions.map(({ createdOn }) => at(createdOn).length));
}

/** The size of each execution in the chain. */
async function histories({ workflowId, firstExecutionRunId }: Handle) {
  const all: { events: number; bytes: number }[] = [];
  for (let runId: string | null | undefined = firstExecutionRunId; runId; ) {
    const { historyLength, historySize = 0 } = await harness.client.workflow
      .getHandle(workflowId, runId)
      .describe();
    all.push({ events: historyLength, bytes: historySize });
    runId = await nextRun(workflowId, runId);
  }
  return all;
}

/** By the last event alone: a whole history of large outputs is more than a client may receive. */
async function nextRun(workflowId: string, runId: string): Promise<string | null | undefined> {
  const { workflowService, options } = harness.client.workflow;
  const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
}

/** The union of the pages, each of which may come twice, but then with the same content. */
function resultsOf({ workflowId }: Handle): BatchItemResult[] {
  const pages = new Map<number, ResultsPage>();
  for (const page of taken.get(workflowId) ?? []) {
    if (pages.has(page.page)) expect(page).toEqual(pages.get(page.page));
    pages.set(page.page, page);
  }
  expect([...pages.keys()]).toEqual(range(pages.size));
  return [...pages.values()].flatMap(({ results }) => results);
}

const indexesOf = (results: { index: number }[]) =>
  results.map(({ index }) => index).sort((one, other) => one - other);

describe('RunDesktopFlows', () => {
  it('runs every item of a list, never more at once than it may, and lists the results', async () => {
    const flow = harness.flow({ duration: '300ms' });
    const { connectionName: _own, ...defaults } = flow;
    const items = range(12).map((n) => ({ connectionName: `c-${n}`, inputs: { n } }));
    const handle = await start({ items, defaults, maximumConcurrent: 3 });
    const result = await handle.result();
    expect(result).toMatchObject({ total: 12, succeeded: 12, failed: 0, cancelled: 0, failures: [] });
    expect(indexesOf(result.results ?? [])).toEqual(range(12));
    expect(result.results).toContainEqual({
      index: 11,
      workflowId: `${handle.workflowId}/11`,
      status: 'Succeeded',
      flowSessionId: sessionsOf(flow).find(({ connection }) => connection === 'c-11')?.id,
    });
    expect(sessionsOf(flow)).toHaveLength(12);
    expect(mostAtOnce(flow)).toBe(3);
    await expect(viewOf(handle)).resolves.toEqual({
      phase: 'finished',
      total: 12,
      started: 12,
      running: 0,
      succeeded: 12,
      failed: 0,
      cancelled: 0,
    });
  });

  it('reads pages one after the other, and hands the results over in pages, outputs included', async () => {
    const flow = harness.flow({ result: { Booking: 'B-{{inputs.n}}' } });
    const sizes = [4, 0, 3];
    answerPage = ({ cursor }): Page => {
      const page = Number(cursor ?? 0);
      const items = range(sizes[page] ?? 0).map((n) => ({ inputs: { n: `${page}${n}` } }));
      return { items, nextCursor: page === 2 ? null : String(page + 1) };
    };
    const handle = await start({
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
    expect(requests).toEqual([null, '1', '2'].map((cursor) => ({ cursor, input: { of: null } })));
    const results = resultsOf(handle);
    expect(indexesOf(results)).toEqual(range(7));
    expect(taken.get(handle.workflowId)?.map((page) => page.results.length)).toEqual([3, 3, 1]);
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
    answerPage = () => ({ items: [] });
    await expect(run({ pages: { activity: 'loadPage' } })).resolves.toMatchObject({ total: 0 });
  });

  it('goes on after failures, and tells them: robots, wrong inputs, workflows that were ended or were there', async () => {
    const flow = harness.flow({ ends: { status: 'Failed', errorMessage: 'No such invoice.' } });
    const good = harness.flow();
    const long = harness.flow({ duration: '1h' });
    const workflowId = randomUUID();
    const { taskQueue } = harness;
    const other = await harness.client.workflow.start('RunDesktopFlow', {
      args: [long],
      taskQueue,
      workflowId: `${workflowId}/3`,
    });
    const items = [flow, { ...good, runMode: 'never' }, good, good, long, long];
    const handle: Handle = await harness.client.workflow.start('RunDesktopFlows', {
      args: [{ items }] as never,
      taskQueue,
      workflowId,
    });
    await eventually(() => runningOf(long).length === 3);
    await harness.client.workflow.getHandle(`${workflowId}/4`).terminate();
    await harness.client.workflow.getHandle(`${workflowId}/5`).cancel();
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
      flowSessionId: sessionsOf(flow)[0]?.id,
    });
    expect(result.results).toContainEqual(expect.objectContaining({ index: 5, status: 'Cancelled' }));
    await other.cancel();
    await expect(other.result()).rejects.toThrow();
  });

  it('starts nothing more after a failure with onFailure stop, and finishes what is under way', async () => {
    const bad = harness.flow({ ends: 'Failed' });
    const good = harness.flow({ duration: '3s' });
    const handle = await start({ items: [bad, ...many(9, good)], maximumConcurrent: 3, onFailure: 'stop' });
    const { failure } = await failureOf(handle);
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      nonRetryable: true,
      message: expect.stringContaining('1 items failed, and not more than 0 may'),
      details: [{ total: 10, succeeded: 2, failed: 1, cancelled: 0, failures: [{ index: 0 }] }],
    });
    expect(sessionsOf(good).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
  });

  it('bears maximumFailures, and not one more', async () => {
    const bad = harness.flow({ ends: 'Failed' });
    const good = harness.flow();
    const batch = { items: [bad, good, bad, good], maximumConcurrent: 1 };
    await expect(run({ ...batch, maximumFailures: 2 })).resolves.toMatchObject({ succeeded: 2, failed: 2 });
    const { failure } = await failureOf(await start({ ...batch, maximumFailures: 1 }));
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      details: [{ succeeded: 1, failed: 2 }],
    });
  });

  it('names every wrong field, and starts nothing', async () => {
    const { failure } = await failureOf(await start({ items: [3], pages: {}, colour: 'red' }));
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(failure.message).toMatch(
      /items\.0: must be an object.*pages\.activity: is required.*colour: is no/,
    );
  });

  it.each([
    ['a text', 'nonsense', 'input: must be one JSON object'],
    ['another shape', { items: [{}], next_cursor: 'x' }, 'next_cursor: is no field'],
    ['an item that is none', { items: [{}, 3] }, 'items.1: must be an object'],
    [
      'a cursor that leads nowhere',
      { items: [], nextCursor: 'again' },
      'nextCursor: is that of this very page',
    ],
  ])('fails when its pages are answered with %s, and says so', async (_what, answer, problem) => {
    const flow = harness.flow();
    answerPage = ({ cursor }) => (cursor === null ? { items: [flow], nextCursor: 'again' } : answer);
    const { failure } = await failureOf(
      await start({ pages: { activity: 'loadPage' }, results: { activity: 'takeResults' } }),
    );
    expect(failure).toMatchObject({
      type: 'DesktopFlowBatchFailed',
      message: expect.stringContaining(problem),
      details: [{ total: null, succeeded: 1 }],
    });
    expect(failure.message).toContain('`pages`');
  });
});

describe('the activities of a batch', () => {
  it('end it when results are refused for good: nothing more is started', async () => {
    const flow = harness.flow();
    takePage = () => {
      throw ApplicationFailure.nonRetryable('no such table');
    };
    const results = { activity: 'takeResults', pageSize: 1 };
    const { failure } = await failureOf(await start({ items: many(9, flow), maximumConcurrent: 2, results }));
    expect(failure).toMatchObject({ type: 'DesktopFlowBatchFailed', details: [{ total: 9, failed: 0 }] });
    expect(failure.message).toContain('no such table. Page 0 and what follows is not delivered');
    expect(sessionsOf(flow).length).toBeLessThan(9);
  });

  it('get outputs as large as they can be, also while they are slow: histories stay small, a page is what it is', async () => {
    // One after the other, so that the first page is under way when the others come in.
    const ends = range(9).map((n) => ({ status: 'Succeeded', duration: n * 300 }) as const);
    const flow = harness.flow({ resultSize: 1_800_000, ends });
    const tooLarge = { inputs: JSON.stringify({ text: 'x'.repeat(2_090_000) }) };
    answerPage = ({ cursor }): Page =>
      cursor === null ? { items: [tooLarge], nextCursor: 'robots' } : { items: many(9) };
    const workflowId = randomUUID();
    const handle: Handle = await harness.client.workflow.start('RunDesktopFlows', {
      args: [
        {
          pages: { activity: 'loadPage' },
          defaults: { ...flow, retry: { errorCodes: Array(40).fill('x'.repeat(200)) } },
          maximumConcurrent: 8,
          results: { activity: 'takeResults' },
        },
      ] as never,
      taskQueue: harness.taskQueue,
      workflowId,
    });
    takePage = async () => {
      const latest = harness.client.workflow.getHandle(workflowId);
      await eventually(async () => (await latest.describe()).runId !== handle.firstExecutionRunId, 60_000);
    };
    await expect(handle.result()).resolves.toMatchObject({
      succeeded: 9,
      failures: [{ index: 0, type: 'InvalidInput', message: expect.stringContaining('Temporal payload') }],
    });
    const results = resultsOf(handle);
    expect(indexesOf(results)).toEqual(range(10));
    const whole = results.filter(({ outputs }) => JSON.stringify(outputs ?? null).length === 1_800_000);
    expect(whole).toHaveLength(9);
    expect(taken.get(workflowId)?.filter(({ page }) => page === 0)).toHaveLength(2);
    const sizes = (await histories(handle)).map(({ bytes }) => bytes);
    expect(Math.max(...sizes)).toBeLessThan(20_000_000);
  }, 180_000);
});

describe('RunDesktopFlows in several histories', () => {
  it('loses no item and no result, and doubles none', async () => {
    const flow = harness.flow({ result: { n: '{{inputs.n}}' } });
    const size = 70;
    answerPage = ({ cursor }): Page => {
      const first = Number(cursor ?? 0);
      const items = range(Math.min(size, 300 - first)).map((n) => ({ inputs: { n: first + n } }));
      return { items, nextCursor: first + size < 300 ? String(first + size) : null };
    };
    let fails = 3;
    takePage = () => {
      if (fails-- > 0) throw new Error('not now');
    };
    const handle = await start({
      pages: { activity: 'loadPage' },
      defaults: flow,
      maximumConcurrent: 40,
      results: { activity: 'takeResults', pageSize: 30 },
    });
    await expect(handle.result()).resolves.toMatchObject({ total: 300, succeeded: 300, failed: 0 });
    const results = resultsOf(handle);
    expect(results.map(({ index, outputs }) => [index, outputs?.n]).sort(byFirst)).toEqual(
      range(300).map((n) => [n, n]),
    );
    expect(sessionsOf(flow)).toHaveLength(300);
    expect(mostAtOnce(flow)).toBeLessThanOrEqual(40);
    const lengths = (await histories(handle)).map(({ events }) => events);
    expect(lengths.length).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThan(2_000);
  }, 180_000);

  it('cancels every robot, those of an earlier history too, and delivers what is known', async () => {
    const quick = harness.flow();
    const slow = harness.flow({ duration: '1h' });
    const handle = await start({
      items: [...many(6, slow), ...many(280, quick), ...many(50, slow)],
      maximumConcurrent: 36,
      results: { activity: 'takeResults' },
    });
    await eventually(() => runningOf(slow).length === 36, 120_000);
    expect((await histories(handle)).length).toBeGreaterThan(1);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(runningOf(slow)).toEqual([]);
    const results = resultsOf(handle);
    expect(indexesOf(results)).toEqual(range(316));
    expect(results.filter(({ status }) => status === 'Cancelled')).toHaveLength(36);
    await expect(viewOf(handle)).resolves.toMatchObject({
      phase: 'finished',
      started: 316,
      succeeded: 280,
      cancelled: 36,
    });
  }, 240_000);
});

interface Plan {
  /** Whether each robot succeeds. */
  ends: boolean[];
  pageSize: number;
  maximumConcurrent: number;
  resultsPageSize: number;
  maximumFailures: number | null;
}

const plans = fc.array(
  fc.record<Plan>({
    ends: fc.array(fc.boolean(), { maxLength: 9 }),
    pageSize: fc.integer({ min: 1, max: 4 }),
    maximumConcurrent: fc.integer({ min: 1, max: 4 }),
    resultsPageSize: fc.integer({ min: 1, max: 4 }),
    maximumFailures: fc.option(fc.integer({ min: 0, max: 3 })),
  }),
  { minLength: 12, maxLength: 12 },
);

describe('any batch', () => {
  it('starts each item once, tells each end once, and stops where it has to', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (all) => {
        const flow = { true: harness.flow(), false: harness.flow({ ends: 'Failed' }) };
        answerPage = ({ cursor, input }): Page => {
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
  const handle = await start({
    pages: { activity: 'loadPage', input: plan },
    maximumConcurrent,
    maximumFailures,
    results: { activity: 'takeResults', pageSize: resultsPageSize },
  });
  const outcome = await handle.result().catch((error) => error.cause as ApplicationFailure);
  const { succeeded, failed } = await viewOf(handle);
  const results = resultsOf(handle);
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
