/** `npm run soak`: a robot a second for a long time, while something is killed now and then. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { memory } from '../../bench/harness/process';
import { mapLimited } from '../../bench/harness/wait';
import { lineChart } from '../../bench/report/chart';
import type { Progress } from '../../bench/report/progress';
import { table } from '../../bench/report/table';
import { LONG_WATCHER_HISTORY, WATCH_FLOW_RUNS } from '../../src/common/watch';
import { type Cluster, type ProgramName, SETTLING_WINDOW_MS } from './cluster';
import { judge, Load, type Run } from './load';
import { isFlat, type Slope, slopeOf } from './slope';

export interface SoakOptions {
  minutes: number;
  killEveryMs: number;
}

const START_EVERY_MS = 1_000;
const SAMPLE_EVERY_MS = 10_000;
const RECOVERS_WITHIN_MS = 300_000;
const DESCRIBED_AT_ONCE = 8;
/** Before that, caches fill. */
const WARM_UP = 0.25;

/** One after the other. `worker1` is spared: what it holds can only be seen to be flat while it lives. */
const VICTIMS: readonly ProgramName[] = [
  'history',
  'worker2',
  'matching',
  'frontend',
  'worker3',
  'postgres',
  'system',
];

const RESULTS = path.join(__dirname, '..', '..', 'bench', 'results');

/** Values by the minute in which they were seen. */
type Series = { what: string; points: readonly [number, number][] } & (
  | {
      /** Growth in an hour that is of no account. */
      negligible: number;
    }
  | {
      /** Of what grows and begins anew, whose slope says nothing. */
      atMost: number;
    }
);

interface Sample {
  minute: number;
  /** Resident, in MiB. */
  worker: number;
  /** Events of the longest history of an open watcher. */
  watcher: number;
}

/** @returns whether every promise held, and nothing has grown. */
export async function soak(cluster: Cluster, options: SoakOptions, progress: Progress): Promise<boolean> {
  const load = new Load(cluster);
  const since = Date.now();
  const until = since + options.minutes * 60_000;
  const samples: Sample[] = [];
  const kills: string[] = [];
  progress.begin('soak');
  load.start(START_EVERY_MS);
  for (let nextKill = since + options.killEveryMs; Date.now() < until; ) {
    await sleep(SAMPLE_EVERY_MS);
    const minute = (Date.now() - since) / 60_000;
    samples.push({ minute, worker: workerMemory(cluster), watcher: await longestWatcher(cluster) });
    if (Date.now() >= nextKill) {
      const victim = VICTIMS[kills.length % VICTIMS.length] as ProgramName;
      cluster.programs[victim].signal('SIGKILL');
      kills.push(victim);
      nextKill += options.killEveryMs;
    }
    progress.tell(
      `minute ${minute.toFixed(1)} of ${options.minutes}, ${load.open.length} of ${load.runs.length} runs are open`,
    );
  }
  await load.stop();
  const latest = Date.now() + RECOVERS_WITHIN_MS;
  while (load.open.length > 0 && Date.now() < latest) await sleep(500);
  await sleep(SETTLING_WINDOW_MS);
  progress.clear();
  return report(cluster, load, samples, kills, options);
}

/** A watcher goes on in a new history, and what comes meanwhile is in the old one. */
const LONGEST_WATCHER = 1.2 * LONG_WATCHER_HISTORY;

function workerMemory({ programs }: Cluster): number {
  const { pid } = programs.worker1;
  return pid === undefined ? Number.NaN : memory(pid).rss;
}

/** NaN while Temporal does not answer. */
async function longestWatcher({ client }: Cluster): Promise<number> {
  const query = `WorkflowType = '${WATCH_FLOW_RUNS}' AND ExecutionStatus = 'Running'`;
  try {
    let longest = 0;
    for await (const { workflowId } of client.workflow.list({ query })) {
      const { historyLength } = await client.workflow.getHandle(workflowId).describe();
      longest = Math.max(longest, historyLength);
    }
    return longest;
  } catch {
    return Number.NaN;
  }
}

/** Events of each run's history, by the minute in which the run was started. */
async function lengths({ client }: Cluster, runs: readonly Run[]): Promise<[number, number][]> {
  const first = runs[0]?.askedAt ?? 0;
  return mapLimited(runs, DESCRIBED_AT_ONCE, async ({ flowId, askedAt }) => {
    const { historyLength } = await client.workflow.getHandle(flowId).describe();
    return [(askedAt - first) / 60_000, historyLength] as [number, number];
  });
}

async function report(
  cluster: Cluster,
  load: Load,
  samples: readonly Sample[],
  kills: readonly string[],
  { minutes }: SoakOptions,
): Promise<boolean> {
  const verdict = judge(load.runs, await cluster.dataverse.sessions());
  const ofWorker = samples.map(({ minute, worker }): [number, number] => [minute, worker]);
  const series: Series[] = [
    { what: 'memory of worker1, MiB', points: ofWorker, negligible: 10 },
    {
      what: 'longest history of a watcher, events',
      points: samples.map(({ minute, watcher }) => [minute, watcher]),
      atMost: LONGEST_WATCHER,
    },
    { what: 'history of a run, events', points: await lengths(cluster, load.runs), negligible: 1 },
  ];
  const measured = series.map((one) => grown(one, minutes));
  const { runs, twice, left, lost } = verdict;
  const counts = { minutes, runs, kills: kills.length, twice, 'left running': left, lost };
  console.log(`\n${table([counts])}\n\n${table(measured.map(({ line }) => line))}\n`);
  for (const problem of verdict.problems) console.log(problem);
  write({ ...counts, killed: kills, growth: measured.map(({ line }) => line) }, ofWorker, minutes);
  const holds = twice + left + lost === 0 && measured.every(({ flat }) => flat);
  console.log(holds ? 'Everything holds' : 'MISSED');
  return holds;
}

function grown({ what, points, ...bound }: Series, minutes: number) {
  const kept = points.filter(([minute, value]) => minute >= minutes * WARM_UP && !Number.isNaN(value));
  const perMinute = slopeOf(kept);
  const hourly: Slope = { slope: perMinute.slope * 60, error: perMinute.error * 60 };
  const most = kept.reduce((highest, [, value]) => Math.max(highest, value), 0);
  const flat = 'atMost' in bound ? most <= bound.atMost : isFlat(hourly, bound.negligible);
  const mean = kept.reduce((total, [, value]) => total + value, 0) / kept.length;
  const line = {
    what,
    mean,
    most,
    'slope an hour': hourly.slope,
    '± error': hourly.error,
    flat: flat ? 'yes' : 'NO',
  };
  return { line, flat };
}

function write(results: object, points: [number, number][], minutes: number): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, 'soak.json'), `${JSON.stringify(results, null, 1)}\n`);
  const chart = lineChart({
    title: 'Memory of a worker under fire',
    subtitle: `a robot a second for ${minutes} minutes; another worker, a service or the database is killed now and then`,
    xName: 'minutes',
    yName: 'resident, MiB',
    isLinear: true,
    lines: [{ name: 'worker1', points }],
  });
  writeFileSync(path.join(RESULTS, 'soak.svg'), chart);
}
