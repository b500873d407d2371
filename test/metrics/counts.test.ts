/** What a worker process counts is what the emulator has seen, also where answers are lost and robots fail. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { RunDesktopFlowInput } from '../../src/common/input';
import { METRICS } from '../../src/common/metrics';
import type { RunDesktopFlowFailureDetails } from '../../src/common/result';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { eventually, setUp } from '../helpers/harness';
import { LONG } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { Page } from './page';

const RUNS = LONG ? 500 : 40;
const FLOW_ID = randomUUID();
const BUDGET = 100_000;

let emulator: Emulator;
let worker: WorkerProcess;
let connection: Connection;
let client: Client;
let port: number;
const taskQueue = `metrics-${randomUUID()}`;

beforeAll(async () => {
  emulator = await startEmulator({
    limits: { startsPerMinute: 10_000 },
    flows: { flows: [{ id: FLOW_ID, name: 'Counted', duration: '300ms', result: { n: '{{inputs.n}}' } }] },
  });
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
  port = await freePort();
  worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    POWER_AUTOMATE_SETTLING_WINDOW: '2s',
    POWER_AUTOMATE_STARTS_PER_MINUTE: 'off',
    POWER_AUTOMATE_REQUEST_BUDGET: String(BUDGET),
    METRICS_PORT: String(port),
  });
}, 120_000);

afterAll(async () => {
  await worker?.end('SIGTERM');
  await connection?.close();
  await emulator?.close();
});

const inputOf = (n: number): RunDesktopFlowInput => ({
  flowId: FLOW_ID,
  connectionName: `connection-${n % 20}`,
  runMode: 'unattended',
  inputs: { n },
  retry: { maximumAttempts: 2, initialInterval: 50 },
});

function injectFaults(): void {
  const part = RUNS / 20;
  emulator.inject({ on: 'trigger', kind: 'lostAnswer', after: 2, times: 2 * part });
  emulator.inject({ on: 'trigger', kind: 'lostRequest', after: 2, times: part });
  emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 503, after: 3, times: part });
  emulator.inject({ on: 'trigger', kind: 'throttle', after: 4, times: part, retryAfterSeconds: 1 });
  emulator.inject({ on: 'trigger', kind: 'duplicate', after: 2, times: 1 });
  emulator.inject({ on: 'query', kind: 'status', httpStatus: 500, after: 1, times: part });
  emulator.inject({ on: 'outputs', kind: 'reset', times: part });
  const faulted = { on: 'run', kind: 'ends', status: 'Faulted' } as const;
  for (let n = 0; n < 2 * part; n++) emulator.inject({ ...faulted, errorCode: 'TooManyActiveSessions' });
  for (let n = 0; n < part; n++) emulator.inject({ ...faulted, errorCode: `made-up-${n}` });
  emulator.inject({ on: 'run', kind: 'ends', status: 'Cancelled' });
}

it(
  `counts what the emulator counts, of ${RUNS} runs with faults`,
  async () => {
    injectFaults();
    const ends = await inTurn(async (n) => {
      const workflow = { args: [inputOf(n)], taskQueue, workflowId: randomUUID() };
      return endOf(await client.workflow.start('RunDesktopFlow', workflow));
    });
    const page = await settled();
    const { counts, refused, requests, sessions } = emulator.seen;

    const kinds = Object.entries(counts).filter(([, seen]) => seen > 0);
    expect(page.by(METRICS.requests, 'kind')).toEqual(Object.fromEntries(kinds));
    expect(page.by(METRICS.requestSeconds, 'kind')).toEqual(Object.fromEntries(kinds));
    const { aborted = 0, ...statuses } = page.by(METRICS.requests, 'status');
    const answers = tally(requests.flatMap(({ status }) => status ?? []));
    const lost = requests.length - sumOf(answers);
    // Under load the client gives up outputs that take too long; the emulator has answered those all the same.
    expect({ ...numbersOf(statuses), 206: (statuses[206] ?? 0) + aborted }).toEqual(answers);
    expect(sumOf(statuses, /^[a-z]/)).toBe(lost);
    expect(sumOf(statuses, /^[45]/)).toBe(refused.length);

    const started = page.total(METRICS.robotsStarted);
    const duplicates = page.total(METRICS.duplicates);
    const stopped = new Set(ends.flatMap((end) => end.duplicates));
    expect(stopped.size).toBe(1);
    expect(duplicates).toBe(1);
    expect(started + duplicates).toBe(sessions.length);
    const robots = sessions.filter(({ id }) => !stopped.has(id));
    expect(page.by(METRICS.robotsEnded, 'status')).toEqual(tally(robots.map(({ status }) => status)));
    const codes = robots.map(({ errorCode = 'none' }) =>
      errorCode.startsWith('made-up') ? 'other' : errorCode,
    );
    expect(page.by(METRICS.robotsEnded, 'error_code')).toEqual(tally(codes));
    expect(Object.keys(tally(codes)).sort()).toEqual(['TooManyActiveSessions', 'none', 'other']);
    expect(page.by(METRICS.runsEnded, 'outcome')).toEqual(tally(ends.map(({ outcome }) => outcome)));
    expect(page.total(METRICS.robotRetries)).toBe(started - RUNS);
    expect(page.total(METRICS.queueSeconds)).toBe(started);
    expect(page.total(METRICS.executionSeconds)).toBe(started);

    const triggers = requests.filter(({ kind }) => kind === 'trigger');
    const unanswered = triggers.filter(({ status }) => status === undefined || status === 503).length;
    expect(page.total(METRICS.answersLost)).toBe(unanswered);
    const { notYet = 0, ...settledDoubts } = page.by(METRICS.doubtsSettled, 'how');
    expect(sumOf(settledDoubts)).toBeGreaterThanOrEqual(unanswered);
    expect(Object.keys(settledDoubts).sort()).toEqual(['found', 'notStarted']);
    expect(notYet).toBeGreaterThanOrEqual(0);
    const throttled = triggers.filter(({ status }) => status === 429).length;
    expect(throttled).toBe(RUNS / 20);
    expect(page.total(METRICS.requests, { status: '429' })).toBe(throttled);
    expect(page.total(METRICS.throttledSeconds)).toBe(throttled);
    const { token, ...others } = counts;
    expect(page.by(METRICS.tokenRenewals, 'outcome')).toEqual({ renewed: token });
    expect(page.total(METRICS.looks, { by: 'watch' })).toBeGreaterThan(0);
    await eventually(async () => {
      const left = (await Page.of(port)).total(METRICS.budgetLeft, { organization: 'own' });
      return left === BUDGET - sumOf(others);
    });
    expect(page.total(METRICS.requestsHeldBack, { why: 'throttled' })).toBeGreaterThan(0);
    expect(page.text).toContain('temporal_workflow_completed');
  },
  LONG ? 600_000 : 120_000,
);

/**
 * So many at once that nothing waits for the processor: where a workflow task takes longer than its time-out, it is done
 * again, and counts again.
 */
const AT_ONCE = 40;

async function inTurn<T>(work: (n: number) => Promise<T>): Promise<T[]> {
  const numbers = Array.from({ length: RUNS }, (_, n) => n).values();
  const done: T[] = [];
  const oneByOne = async () => {
    for (const n of numbers) done.push(await work(n));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
  return done;
}

interface End {
  outcome: string;
  /** Robots that were started twice, and stopped. */
  duplicates: string[];
}

async function endOf(run: WorkflowHandle): Promise<End> {
  const duplicatesOf = ({ attempts }: RunDesktopFlowFailureDetails) =>
    attempts.flatMap(({ duplicates = [] }) => duplicates);
  try {
    return { outcome: 'succeeded', duplicates: duplicatesOf(await run.result()) };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { type, details } = error.cause as ApplicationFailure;
    return { outcome: type ?? '', duplicates: duplicatesOf(details?.[0] as RunDesktopFlowFailureDetails) };
  }
}

/** The page once nothing happens any more: a watch may still look. */
async function settled(): Promise<Page> {
  return eventually(async () => {
    const before = JSON.stringify(emulator.seen.counts);
    await eventually(async () => (await Page.of(port)).total(METRICS.robotsWatched) === 0, 30_000);
    const page = await Page.of(port);
    return before === JSON.stringify(emulator.seen.counts) && page;
  }, 60_000);
}

function tally(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}

function numbersOf(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([key]) => /^\d/.test(key)));
}

function sumOf(counts: Record<string, number>, keys = /./): number {
  return Object.entries(counts).reduce((sum, [key, value]) => (keys.test(key) ? sum + value : sum), 0);
}
