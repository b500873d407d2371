/** HOST, development only: one cell: so many robots at once, of such a length, waited for in such a way. */
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import { type Mode, pollOf } from '../modes';
import { numberOf, startRuns, untilEnded } from './drive';
import { type Execution, readExecutions } from './histories';
import { type CpuSeconds, memory, readCpu, since } from './process';
import { settledActions } from './prometheus';
import { robotFlow, robotInput, wrongness } from './robots';
import { NAMESPACE, type Stage, type StageOptions, startStage } from './stage';
import { addCounts, percentile, sum } from './statistics';

export interface Cell {
  mode: Mode;
  robots: number;
  /** How long each robot works, in seconds, before it is divided. */
  seconds: number;
  /** Milliseconds between two looks, before they are divided. @default the mode's own intervals */
  everyMs?: number;
  /** Robot and poll intervals are divided by this. @default 1 */
  divisor?: number;
  stage?: StageOptions;
}

export interface Measurement {
  robots: number;
  right: number;
  /** Of the first wrong result. */
  wrong?: string;
  /** Temporal actions per run, helper workflows included: by the server's counter. */
  actions: number;
  /** The same, counted from histories; heartbeats, which leave no event, are taken from the counter. */
  actionsOfHistories: number;
  actionsByType: Record<string, number>;
  /** History events per run. */
  events: { own: number; total: number; longest: number };
  /** HTTP requests per run, and by kind. */
  requests: number;
  requestsByKind: Record<string, number>;
  throttled: number;
  /** Milliseconds from the robot's end to the close of its workflow. */
  delayMs: { p50: number; p99: number; max: number };
  /** From the first start to the last end, in seconds. */
  seconds: number;
  /** How long the starts took where all were started at once, in seconds: until then not all robots are there. */
  startingSeconds?: number;
  cpuSeconds: CpuSeconds;
  workerRss: number;
}

const HEARTBEAT = 'grpc_RecordActivityTaskHeartbeat';

/** Beyond the time of the robots themselves: for each run, and on top. */
const PATIENCE_MS = { perRun: 200, once: 180_000 };

export async function measureCell(cell: Cell, progress: (text: string) => void): Promise<Measurement> {
  const { mode } = cell;
  const stage = await startStage({ callbacks: mode.callbacks, ...cell.stage });
  try {
    return await measureOn(stage, cell, progress);
  } finally {
    await stage.close();
  }
}

async function measureOn(stage: Stage, cell: Cell, progress: (text: string) => void): Promise<Measurement> {
  const { mode, robots, everyMs, divisor = 1 } = cell;
  const durationMs = (cell.seconds * 1000) / divisor;
  await stage.emulator.addFlow(robotFlow(durationMs));
  const poll = pollOf(mode, { everyMs, divisor });
  const inputs = Array.from({ length: robots }, (_, number) => robotInput(number, poll));

  const beginning = begin(stage);
  progress('starting');
  await Promise.race([startRuns(stage, inputs), stage.broken]);
  const startingSeconds = (Date.now() - beginning.at) / 1000;
  const withinMs = durationMs * 2 + PATIENCE_MS.once + robots * PATIENCE_MS.perRun;
  await untilEnded(stage, robots, withinMs, (ended) => progress(`${ended} of ${robots} have ended`));
  progress('reading the histories');
  return { ...(await conclude(stage, beginning, robots)), startingSeconds };
}

/** What was already used up when the measurement began. */
export interface Beginning {
  /** Epoch milliseconds. */
  at: number;
  cpu: CpuSeconds;
}

export function begin({ pids }: Stage): Beginning {
  return { at: Date.now(), cpu: readCpu(pids) };
}

/** To be called as soon as all runs have ended: CPU time goes on. */
export async function conclude(stage: Stage, beginning: Beginning, robots: number): Promise<Measurement> {
  const cpuSeconds = since(beginning.cpu, readCpu(stage.pids));
  const workerRss = memory(stage.pids.worker as number).rss;
  const actionsByType = await settledActions(stage.metricsUrl, NAMESPACE);
  const [executions, sessions, { counts, refusals }] = await Promise.all([
    readExecutions(stage.client),
    stage.emulator.sessions(),
    stage.emulator.counts(),
  ]);
  const completedOn = new Map(sessions.map(({ id, completedOn }) => [id, completedOn]));
  const runs = executions.filter(({ type }) => type === RUN_DESKTOP_FLOW);
  const delays = runs.flatMap((run) => delayOf(run, completedOn));
  const closes = executions.flatMap(({ closedAt = [] }) => closedAt);
  const perRun = (total: number) => total / robots;
  const histories: Record<string, number> = {};
  for (const { actions } of executions) addCounts(histories, actions);
  return {
    robots,
    ...judge(runs),
    actions: perRun(sum(Object.values(actionsByType))),
    actionsOfHistories: perRun(sum(Object.values(histories)) + (actionsByType[HEARTBEAT] ?? 0)),
    actionsByType: mapValues(actionsByType, perRun),
    events: {
      own: perRun(sum(runs.map(({ events }) => events))),
      total: perRun(sum(executions.map(({ events }) => events))),
      longest: Math.max(...executions.map(({ events }) => events)),
    },
    requests: perRun(sum(Object.values(counts))),
    requestsByKind: mapValues(counts, perRun),
    throttled: refusals[429] ?? 0,
    delayMs: { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), max: percentile(delays, 1) },
    seconds: (Math.max(...closes) - beginning.at) / 1000,
    cpuSeconds,
    workerRss,
  };
}

export function judge(runs: readonly Execution[]): { right: number; wrong?: string } {
  let right = 0;
  let wrong: string | undefined;
  for (const { workflowId, result, failure, closedAt } of runs) {
    const number = numberOf(workflowId);
    if (number === undefined || (closedAt !== undefined && result === undefined && failure === undefined))
      continue;
    const problem = failure ?? wrongness(number, result);
    if (problem === undefined) right += 1;
    else wrong ??= problem;
  }
  return { right, ...(wrong !== undefined && { wrong }) };
}

function delayOf(
  { result, closedAt }: Execution,
  completedOn: ReadonlyMap<string, number | undefined>,
): number[] {
  const { flowSessionId = '' } = (result ?? {}) as { flowSessionId?: string };
  const robotsEnd = completedOn.get(flowSessionId);
  return robotsEnd === undefined || closedAt === undefined ? [] : [closedAt - robotsEnd];
}

function mapValues(
  values: Readonly<Record<string, number>>,
  change: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => [name, change(value)]),
  );
}
