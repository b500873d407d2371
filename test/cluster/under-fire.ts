/** `npm run cluster`: fault after fault, and a table of what happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../bench/report/progress';
import { table } from '../../bench/report/table';
import { type Cluster, SETTLING_WINDOW_MS } from './cluster';
import type { Fault } from './faults';
import { judge, Load, type Run } from './load';

const START_EVERY_MS = 1_000;
/** What is open then counts as lost. */
const RECOVERS_WITHIN_MS = 300_000;
/** Robots are there already when a fault begins. */
const BEFORE_MS = 3_000;

export interface UnderFireOptions {
  faults: readonly Fault[];
  /** How long a fault lasts that does not say so itself. */
  holdMs: number;
}

interface Told {
  fault: Fault;
  seconds: number;
  recoveredMs: number;
}

/** @returns whether every promise held. */
export async function underFire(
  cluster: Cluster,
  { faults, holdMs }: UnderFireOptions,
  progress: Progress,
): Promise<boolean> {
  const load = new Load(cluster);
  load.start(START_EVERY_MS);
  const told: Told[] = [];
  for (const [index, fault] of faults.entries()) {
    progress.begin(`${index + 1} of ${faults.length}, ${fault.name}`);
    const one = await carryOut(cluster, load, fault, holdMs, progress);
    told.push(one);
    progress.clear();
    const { twice, left, lost, runs } = judge(
      during(load, fault).filter(({ outcome }) => outcome !== undefined),
      await cluster.dataverse.sessions(),
    );
    console.log(
      `${fault.name}: ${runs} runs; twice ${twice}, left ${left}, lost ${lost}; recovered after ${(one.recoveredMs / 1000).toFixed(1)} s`,
    );
  }
  await load.stop();
  progress.begin('the end');
  await untilOver(load, load.runs, progress);
  // What was delayed on its way may land after everything is over.
  await sleep(SETTLING_WINDOW_MS);
  return report(load, told, await cluster.dataverse.sessions());
}

async function carryOut(
  cluster: Cluster,
  load: Load,
  fault: Fault,
  holdMs: number,
  progress: Progress,
): Promise<Told> {
  load.during = fault.name;
  const since = Date.now();
  await sleep(BEFORE_MS);
  await fault.begin(cluster);
  progress.tell('begun');
  await sleep(fault.holdMs ?? holdMs);
  await fault.heal(cluster);
  const healedAt = Date.now();
  progress.tell('healed');
  const hurt = load.runs.filter(({ askedAt }) => askedAt <= healedAt);
  await untilOver(load, hurt, progress);
  const recoveredMs = Date.now() - healedAt;
  load.during = 'nothing';
  await cluster.untilPolled().catch(() => undefined);
  return { fault, seconds: (healedAt - since) / 1000, recoveredMs };
}

async function untilOver(load: Load, runs: readonly Run[], progress: Progress): Promise<void> {
  const latest = Date.now() + RECOVERS_WITHIN_MS;
  for (;;) {
    const open = runs.filter(({ outcome }) => outcome === undefined).length;
    if (open === 0 || Date.now() > latest) return;
    progress.tell(`${open} of ${load.runs.length} runs are open`);
    await sleep(100);
  }
}

function during(load: Load, fault: Fault): Run[] {
  return load.runs.filter((run) => run.during === fault.name);
}

function report(load: Load, told: readonly Told[], sessions: Parameters<typeof judge>[1]): boolean {
  const all = judge(load.runs, sessions);
  const lines = told.map(({ fault, seconds, recoveredMs }) => {
    const { runs, twice, twiceStopped, left, lost } = judge(during(load, fault), sessions);

    return {
      fault: fault.name,
      'lasted s': seconds,
      runs,
      twice,
      'of these stopped': twiceStopped,
      'left running': left,
      lost,
      'recovered s': recoveredMs / 1000,
    };
  });
  console.log(`\n${table(lines)}\n`);
  for (const problem of all.problems) console.log(problem);
  const { runs, twice, left, lost } = all;
  console.log(`${runs} runs: robots twice ${twice}, left running ${left}, lost ${lost}`);
  return twice + left + lost === 0;
}
