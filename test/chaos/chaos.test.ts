/**
 * Runs under random faults at every call, random kills of two workers, random resets and cancels and random ends, over
 * the real dev server, the workers as processes and real HTTP; checked against what the emulator saw. `npm run chaos` is the same,
 * longer. The plan is repeated by its seed; the moments at which things meet are those of the machine.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import fc from 'fast-check';
import { RUN_DESKTOP_FLOW } from '../../src/client';
import type { RunDesktopFlowResult } from '../../src/common/result';
import { WATCH_FLOW_RUNS } from '../../src/common/watch';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { setUp } from '../helpers/harness';
import { startWorker } from '../helpers/worker-process';
import { carryOutDeeds } from './deeds';
import { type BatchPlan, batches, REQUEST_TIMEOUT_MS, type RunPlan, SETTLING_WINDOW_MS } from './plan';
import { broken, type Ended, outcomeOf } from './verdict';

const CASES = Number(process.env.CHAOS_CASES ?? 100);
const BATCH = Math.min(CASES, Number(process.env.CHAOS_BATCH ?? 100));
const SEED = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** No run of these plans needs nearly as long. */
const HANGS_AFTER_MS = 150_000;
const BATCH_WITHIN_MS = 240_000;

let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  client = new Client({ connection });
});

afterAll(() => connection.close());

it(
  `keeps its promises in ${CASES} runs (seed ${SEED})`,
  async () => {
    let done = 0;
    const property = fc.asyncProperty(batches(BATCH), async (plan) => {
      const problems = await carryOut(plan);
      done += plan.runs.length;
      if (process.env.CHAOS_CASES) process.stderr.write(`${done} runs, ${problems.length} violations\n`);
      if (problems.length > 0) throw new Error(problems.join('\n'));
    });
    const numRuns = Math.ceil(CASES / BATCH);
    await fc.assert(property, { numRuns, seed: SEED, endOnFailure: true });
  },
  Math.ceil(CASES / BATCH) * BATCH_WITHIN_MS,
);

async function carryOut(plan: BatchPlan): Promise<string[]> {
  const emulator = await startEmulator({ limits: { startsPerMinute: 100_000, requests: 1_000_000 } });
  const taskQueue = `chaos-${randomUUID()}`;
  const environment = {
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    POWER_AUTOMATE_SETTLING_WINDOW: `${SETTLING_WINDOW_MS}ms`,
    POWER_AUTOMATE_REQUEST_TIMEOUT: `${REQUEST_TIMEOUT_MS}ms`,
    // The inert URL of the default.
    ...(!plan.keyed && { CALLBACK_BASE_URL: 'off' }),
  };
  const workers = await Promise.all([startWorker(environment), startWorker(environment)]);
  try {
    for (const fault of plan.queryFaults) emulator.inject(fault);
    const running = Promise.all(plan.runs.map((run) => carryOutRun(run, emulator, taskQueue)));
    const watcherKills = Promise.all(plan.watcherKillsAfterMs.map((at) => killWatcher(taskQueue, at)));
    const startedAt = Date.now();
    for (const { afterMs, worker } of plan.kills.toSorted((one, other) => one.afterMs - other.afterMs)) {
      await sleep(startedAt + afterMs - Date.now());
      await workers[worker].end('SIGKILL');
      workers[worker] = await startWorker(environment);
    }
    await watcherKills;
    const runs = await running;
    // What was delayed on its way may land after everything is over.
    await sleep(SETTLING_WINDOW_MS);
    const { sessions } = emulator.seen;
    return runs.flatMap((ended, index) => {
      const { flowId, outcome } = ended;
      const run = plan.runs[index] as RunPlan;
      const robots = sessions.filter((session) => session.flowId === flowId);
      const rules = broken(run, plan.keyed, ended, robots);
      if (rules.length === 0) return [];
      const seen = emulator.seen.requests
        .filter((request) => request.flowId === flowId || robots.some(({ id }) => id === request.sessionId))
        .map(
          ({ kind, status, faults, at }) => `${at % 1_000_000} ${kind} ${status ?? '-'} ${faults.join('+')}`,
        );
      return `${rules.join('; ')}\n  ${JSON.stringify({ keyed: plan.keyed, kills: plan.kills, run, outcome })}\n  ${seen.join('\n  ')}`;
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
    await emulator.close();
  }
}

async function killWatcher(taskQueue: string, afterMs: number): Promise<void> {
  await sleep(afterMs);
  const query = `WorkflowType = '${WATCH_FLOW_RUNS}' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    // It may just have ended by itself.
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined);
  }
}

async function carryOutRun(plan: RunPlan, emulator: Emulator, taskQueue: string): Promise<Ended> {
  const flowId = randomUUID();
  const ends = plan.ends as 'Succeeded'[];
  emulator.addFlow({ id: flowId, name: 'chaos', duration: plan.durationMs, ends, result: { Id: flowId } });
  for (const fault of plan.faults) emulator.inject({ ...fault, flowId });
  const short = { initialInterval: 500, maximumInterval: 1000 };
  const input = {
    flowId,
    connectionName: flowId,
    runMode: 'unattended',
    poll: { ...short, shared: plan.shared, fallbackInterval: '5s' },
    retry: { ...short, maximumAttempts: plan.maximumAttempts },
  } as const;
  const workflowId = flowId;
  await client.workflow.start(RUN_DESKTOP_FLOW, { args: [input], taskQueue, workflowId });
  await carryOutDeeds(plan, { client, emulator, workflowId });
  const hangs = sleep(HANGS_AFTER_MS, undefined, { ref: false }).then(() =>
    Promise.reject(new Error('hangs')),
  );
  const result = client.workflow.getHandle(workflowId).result();
  const [settled] = await Promise.allSettled([Promise.race([result, hangs])]);
  const outcome = outcomeOf(settled as PromiseSettledResult<RunDesktopFlowResult>);
  return { flowId, outcome, at: Date.now() };
}
