/**
 * HOST, development only: runs a second, beside a workflow that does nothing and one that is written as one would at
 * first. All three in turn, round after round, so that whatever else happens on the machine happens to all.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import { type CpuSeconds, readCpu, since } from '../harness/process';
import { robotFlow, robotInput, wrongness } from '../harness/robots';
import { type Stage, startStage, TASK_QUEUE } from '../harness/stage';
import { addCounts, median, sum } from '../harness/statistics';
import { MODES, pollOf } from '../modes';
import { goal, type Outcome, type Scenario } from '../scenario';
import { ROOMY_NOTE } from './lines';

const FLOOR_GOAL = 0.9;
const NAIVE_GOAL = 1;
const ROBOT_MS = 1_000;
const EVERY_MS = 1_000;
const ROUNDS = 3;

export interface Load {
  /** Runs at once: as soon as one ends the next is started. */
  inFlight: number;
  /** The first runs are spread over it: started at once they would go on to end in waves, some ten seconds apart. */
  warmUpMs: number;
  /** Several times as long as a run takes under this load. */
  windowMs: number;
}

const LOAD: Load = { inFlight: 400, warmUpMs: 15_000, windowMs: 40_000 };
const QUICK: Load = { inFlight: 20, warmUpMs: 2_000, windowMs: 4_000 };

export interface Variant<Name extends string = 'floor' | 'naive' | 'package'> {
  name: Name;
  title: string;
  type: string;
  taskQueue: string;
  argument(number: number): object;
  /** Whether the result is that of a robot. */
  hasRobot: boolean;
}

export const VARIANTS: readonly Variant[] = [
  {
    name: 'floor',
    title: 'three empty activities',
    type: 'emptyRun',
    taskQueue: 'floor',
    argument: () => ({}),
    hasRobot: false,
  },
  {
    name: 'naive',
    title: 'trigger, status in a loop, outputs, on axios',
    type: 'naiveRun',
    taskQueue: 'naive',
    argument: (number) => ({ ...robotInput(number, {}), everyMs: EVERY_MS }),
    hasRobot: true,
  },
  {
    name: 'package',
    title: `${RUN_DESKTOP_FLOW}, shared polling`,
    type: RUN_DESKTOP_FLOW,
    taskQueue: TASK_QUEUE,
    argument: (number) => robotInput(number, pollOf(MODES.shared, { everyMs: EVERY_MS })),
    hasRobot: true,
  },
];

export interface Round<Name extends string = Variant['name']> {
  variant: Name;
  runsPerSecond: number;
  runs: number;
  cpuSeconds: CpuSeconds;
  requests: number;
  wrong?: string;
}

export const throughput: Scenario = {
  name: 'throughput',
  title: 'runs a second on one worker, beside three empty activities and beside a naive workflow',
  async run({ isQuick, progress }): Promise<Outcome> {
    const load = isQuick ? QUICK : LOAD;
    const rounds: Round[] = [];
    const stage = await startStage({ benchWorkers: ['floor', 'naive'] });
    try {
      await stage.emulator.addFlow(robotFlow(ROBOT_MS));
      for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
        for (const variant of VARIANTS) {
          progress(`round ${round + 1}, ${variant.name}`);
          rounds.push(await Promise.race([closedLoop(stage, variant, load), stage.broken]));
        }
      }
    } finally {
      await stage.close();
    }
    return report(rounds, load);
  },
};

let started = 0;

export async function closedLoop<Name extends string>(
  stage: Stage,
  variant: Variant<Name>,
  load: Load,
): Promise<Round<Name>> {
  let isOver = false;
  let ended = 0;
  let failed = 0;
  let wrong: string | undefined;
  const runOn = async (_: unknown, loop: number) => {
    await sleep((load.warmUpMs * loop) / load.inFlight);
    while (!isOver) {
      const number = started++;
      try {
        const result = await stage.client.workflow.execute(variant.type, {
          args: [variant.argument(number)],
          taskQueue: variant.taskQueue,
          workflowId: `${variant.name}-${randomUUID()}`,
        });
        const problem = variant.hasRobot ? wrongness(number, result) : undefined;
        if (problem === undefined) ended += 1;
        else wrong ??= problem;
      } catch (error) {
        wrong ??= deepest(error as Error);
        failed += 1;
        // What fails at once must not be started again thousands of times.
        if (failed >= load.inFlight) isOver = true;
      }
    }
  };
  const loops = Array.from({ length: load.inFlight }, runOn);
  await sleep(load.warmUpMs);
  const before = { ended, at: performance.now(), cpu: cpuOf(stage), requests: await requestsOf(stage) };
  await sleep(load.windowMs);
  const seconds = (performance.now() - before.at) / 1000;
  const runs = ended - before.ended;
  const cpuSeconds = since(before.cpu, cpuOf(stage));
  const requests = (await requestsOf(stage)) - before.requests;
  isOver = true;
  await Promise.all(loops);
  return {
    variant: variant.name,
    runsPerSecond: runs / seconds,
    runs,
    cpuSeconds,
    requests,
    ...(wrong && { wrong }),
  };
}

function cpuOf({ pids }: Stage): CpuSeconds {
  const { user, system } = process.cpuUsage();
  return { ...readCpu(pids), driver: (user + system) / 1e6 };
}

async function requestsOf({ emulator }: Stage): Promise<number> {
  return sum(Object.values((await emulator.counts()).counts));
}

function deepest(error: Error): string {
  return error.cause instanceof Error ? deepest(error.cause) : error.message;
}

/** Runs a second. */
export function medianOf<Name extends string>(rounds: readonly Round<Name>[], name: Name): number {
  return median(rounds.filter(({ variant }) => variant === name).map((round) => round.runsPerSecond));
}

/** Runs a second of one variant to those of another, of each round: what else happened on the machine happened to both. */
export function ratiosOf<Name extends string>(
  rounds: readonly Round<Name>[],
  name: Name,
  base: Name,
): number[] {
  const speedsOf = (one: Name) =>
    rounds.filter(({ variant }) => variant === one).map(({ runsPerSecond }) => runsPerSecond);
  const bases = speedsOf(base);
  return speedsOf(name).map((speed, round) => speed / (bases[round] || Number.NaN));
}

function report(rounds: readonly Round[], load: Load): Outcome {
  const of = (name: Variant['name']) => rounds.filter(({ variant }) => variant === name);
  const speedOf = (name: Variant['name']) => medianOf(rounds, name);
  const lines = VARIANTS.map(({ name, title }) => {
    const own = of(name);
    const runs = sum(own.map((round) => round.runs));
    const cpu: CpuSeconds = {};
    for (const { cpuSeconds } of own) addCounts(cpu, cpuSeconds);
    return {
      variant: `${name}: ${title}`,
      'runs/s, median': speedOf(name),
      'of each round': own.map(({ runsPerSecond }) => runsPerSecond.toFixed(1)).join(', '),
      'http/run': sum(own.map(({ requests }) => requests)) / runs,
      'cpu ms/run': Object.entries(cpu)
        .filter(([, seconds]) => seconds > 0.05 * sum(Object.values(cpu)))
        .map(([process, seconds]) => `${process} ${((seconds * 1000) / runs).toFixed(1)}`)
        .join(', '),
    };
  });
  const toFloor = speedOf('package') / speedOf('floor');
  const toNaive = speedOf('package') / speedOf('naive');
  const wrong = rounds.flatMap(({ wrong = [] }) => wrong);
  return {
    lines,
    goals: [
      goal(
        `at least ${FLOOR_GOAL} of the runs a second of three empty activities`,
        toFloor,
        toFloor >= FLOOR_GOAL,
      ),
      goal('more runs a second than the naive workflow', toNaive, toNaive > NAIVE_GOAL),
      goal('every result is right', wrong[0] ?? 'all of them', wrong.length === 0),
    ],
    notes: [
      `${load.inFlight} runs at once, robots of ${ROBOT_MS / 1000} s looked at every ${EVERY_MS / 1000} s; windows of ${load.windowMs / 1000} s after ${load.warmUpMs / 1000} s to warm up. CPU time of a process below a twentieth is left out.`,
      ROOMY_NOTE,
    ],
    data: rounds,
  };
}
