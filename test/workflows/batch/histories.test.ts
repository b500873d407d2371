import { ApplicationFailure } from '@temporalio/common';
import type { Page } from '../../../src/common/batch';
import { type DevServer, startDevServer } from '../../../src/testing/temporal-servers';
import { type Batches, indexesOf, many, range, startBatches } from '../../helpers/batches';
import { eventually, failureOf } from '../../helpers/harness';
import { itTakesLong, LONG } from '../../helpers/long-tests';
import { PROMPT_TIMERS } from '../../helpers/prompt-timers';

/** So many that two histories have to hold them. `npm run test:long` has as many events in one as in production. */
const TOTAL = LONG ? 300 : 120;
const LONG_HISTORY_EVENTS = LONG ? 1_000 : 250;

let server: DevServer;
let batches: Batches;

beforeAll(async () => {
  const dynamicConfig = { ...PROMPT_TIMERS, 'limit.historyCount.suggestContinueAsNew': LONG_HISTORY_EVENTS };
  server = await startDevServer({ own: true, ui: false, dynamicConfig });
  batches = await startBatches({ address: server.address });
}, 60_000);

afterAll(async () => {
  await batches?.harness.close();
  await server?.stop();
});

beforeEach(() => {
  batches.beforeTaking = () => undefined;
});

describe('RunDesktopFlows in several histories', () => {
  it('loses no item and no result, and doubles none', async () => {
    const flow = batches.harness.flow({ result: { n: '{{inputs.n}}' } });
    const size = 70;
    batches.answerPage = ({ cursor }): Page => {
      const first = Number(cursor ?? 0);
      const items = range(Math.min(size, TOTAL - first)).map((n) => ({ inputs: { n: first + n } }));
      return { items, nextCursor: first + size < TOTAL ? String(first + size) : null };
    };
    let fails = 3;
    batches.beforeTaking = () => {
      if (fails-- > 0) throw new Error('not now');
    };
    const handle = await batches.start({
      pages: { activity: 'loadPage' },
      defaults: flow,
      maximumConcurrent: 40,
      results: { activity: 'takeResults', pageSize: 30 },
    });
    await expect(handle.result()).resolves.toMatchObject({ total: TOTAL, succeeded: TOTAL, failed: 0 });
    const results = batches.results(handle);
    expect(results.map(({ index, outputs }) => [index, outputs?.n]).sort(byFirst)).toEqual(
      range(TOTAL).map((n) => [n, n]),
    );
    expect(batches.sessions(flow)).toHaveLength(TOTAL);
    const lengths = (await batches.histories(handle)).map(({ events }) => events);
    expect(lengths.length).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThan(2 * LONG_HISTORY_EVENTS);
  }, 180_000);

  itTakesLong(
    'cancels every robot, those of an earlier history too, and delivers what is known',
    async () => {
      const quick = batches.harness.flow();
      const slow = batches.harness.flow({ duration: '1h' });
      const handle = await batches.start({
        items: [...many(6, slow), ...many(TOTAL - 20, quick), ...many(50, slow)],
        maximumConcurrent: 36,
        results: { activity: 'takeResults' },
      });
      await eventually(() => batches.running(slow).length === 36, 120_000);
      expect((await batches.histories(handle)).length).toBeGreaterThan(1);
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(batches.running(slow)).toEqual([]);
      expect(batches.sessions(slow)).toHaveLength(36);
      const results = batches.results(handle);
      expect(indexesOf(results)).toEqual(range(TOTAL + 16));
      expect(results.filter(({ status }) => status === 'Cancelled')).toHaveLength(36);
      await expect(batches.view(handle)).resolves.toMatchObject({
        phase: 'finished',
        started: TOTAL + 16,
        succeeded: TOTAL - 20,
        cancelled: 36,
      });
    },
    240_000,
  );
});

describe('the activities of a batch', () => {
  it('end it when results are refused for good: nothing more is started', async () => {
    const flow = batches.harness.flow();
    batches.beforeTaking = () => {
      throw ApplicationFailure.nonRetryable('no such table');
    };
    const results = { activity: 'takeResults', pageSize: 1 };
    const { failure } = await failureOf(
      await batches.start({ items: many(9, flow), maximumConcurrent: 2, results }),
    );
    expect(failure).toMatchObject({ type: 'DesktopFlowBatchFailed', details: [{ total: 9, failed: 0 }] });
    expect(failure.message).toContain('no such table. Page 0 and what follows is not delivered');
    expect(batches.sessions(flow).length).toBeLessThan(9);
  });

  itTakesLong(
    'get outputs as large as they can be, also while they are slow: histories stay small, a page is what it is',
    async () => {
      const ends = [
        { status: 'Succeeded', duration: 0 } as const,
        { status: 'Succeeded', duration: '1h' } as const,
      ];
      const flow = batches.harness.flow({ resultSize: 1_800_000, ends });
      const tooLarge = { inputs: JSON.stringify({ text: 'x'.repeat(2_090_000) }) };
      batches.answerPage = ({ cursor }): Page =>
        cursor === null ? { items: [tooLarge], nextCursor: 'robots' } : { items: many(8) };
      const handle = await batches.start({
        pages: { activity: 'loadPage' },
        defaults: { ...flow, retry: { errorCodes: Array(40).fill('x'.repeat(200)) } },
        results: { activity: 'takeResults', pageSize: 2 },
      });
      // While the first page is under way, all the other robots come to their end.
      batches.beforeTaking = async () => {
        const { client, emulator } = batches.harness;
        for (const { id } of batches.running(flow)) emulator.setStatus(id, 'Succeeded');
        const latest = client.workflow.getHandle(handle.workflowId);
        await eventually(async () => (await latest.describe()).runId !== handle.firstExecutionRunId, 60_000);
      };
      await expect(handle.result()).resolves.toMatchObject({
        succeeded: 8,
        failures: [{ index: 0, type: 'InvalidInput', message: expect.stringContaining('Temporal payload') }],
      });
      const results = batches.results(handle);
      expect(indexesOf(results)).toEqual(range(9));
      const whole = results.filter(({ outputs }) => JSON.stringify(outputs ?? null).length === 1_800_000);
      expect(whole).toHaveLength(8);
      expect(batches.takenOf(handle).filter(({ page }) => page === 0)).toHaveLength(2);
      const sizes = (await batches.histories(handle)).map(({ bytes }) => bytes);
      expect(Math.max(...sizes)).toBeLessThan(20_000_000);
    },
    180_000,
  );
});

function byFirst([one]: unknown[], [other]: unknown[]): number {
  return Number(one) - Number(other);
}
