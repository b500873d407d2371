/** HOST, development only: how soon a run ends after its robot, without callbacks, with the defaults of `poll`. */

import { BASELINE, buildBaseline } from '../harness/baseline';
import { startRuns, untilEnded } from '../harness/drive';
import { begin, conclude, type Measurement } from '../harness/measure';
import { robotFlow, robotInput } from '../harness/robots';
import { startStage } from '../harness/stage';
import type { Line, Outcome, Scenario } from '../scenario';
import { lengthOf, looksOf, ROOMY_NOTE, soundness } from './lines';

const LENGTHS_S = [2, 30, 600];
/** With --full: it takes as long as it says. */
const LONGEST_S = 7_200;
const QUICK_LENGTHS_S = [2];
const ROBOTS = 100;
/** Robots that end together wait for each other's work: they are started one after the other. */
const APART_MS = 250;
const PATIENCE_MS = 300_000;

/** All of their robots are at work, or starting, at the same time. */
const isShort = (seconds: number) => seconds <= 60;

interface Row {
  seconds: number;
  before: Measurement;
  after: Measurement;
}

export const promptness: Scenario = {
  name: 'promptness',
  title: `${ROBOTS} robots of 2 s to 2 h without callbacks, with the defaults: how soon a run ends after its robot, beside ${BASELINE}`,
  async run({ isQuick, isFull, progress }): Promise<Outcome> {
    const before = buildBaseline();
    const lengths = isQuick ? QUICK_LENGTHS_S : [...LENGTHS_S, ...(isFull ? [LONGEST_S] : [])];
    const robots = isQuick ? 10 : ROBOTS;
    const rows: Row[] = [];
    const add = async (seconds: number, measurements: Promise<[Measurement, Measurement]>) => {
      const [old, own] = await measurements;
      rows.push({ seconds, before: old, after: own });
      progress(`robots of ${lengthOf(seconds)} have ended`);
    };
    for (const seconds of lengths.filter(isShort)) {
      await add(
        seconds,
        inTurn(
          () => measure(seconds, robots, before),
          () => measure(seconds, robots, undefined),
        ),
      );
    }
    await Promise.all(
      lengths
        .filter((seconds) => !isShort(seconds))
        .map((seconds) =>
          add(seconds, Promise.all([measure(seconds, robots, before), measure(seconds, robots, undefined)])),
        ),
    );
    rows.sort((one, other) => one.seconds - other.seconds);
    return {
      lines: rows.map(lineOf),
      goals: rows.flatMap(({ seconds, after }) => soundness(lengthOf(seconds), after)),
      notes: [
        `Before: the worker of ${BASELINE}. Robots are started ${APART_MS} ms apart. Short ones have the machine to themselves; long ones, which mostly wait, share it, on servers, emulators and workers of their own.`,
        ROOMY_NOTE,
      ],
      data: rows,
    };
  },
};

async function inTurn<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<[T, T]> {
  return [await first(), await second()];
}

async function measure(seconds: number, robots: number, folder: string | undefined): Promise<Measurement> {
  const stage = await startStage(folder === undefined ? {} : { package: folder });
  try {
    await stage.emulator.addFlow(robotFlow(seconds * 1000));
    const beginning = begin(stage);
    for (let number = 0; number < robots; number++) {
      const { poll: _defaults, ...input } = robotInput(number, {});
      const started = startRuns(stage, [input], number);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, APART_MS)), stage.broken]);
      await started;
    }
    await untilEnded(stage, robots, seconds * 1000 + PATIENCE_MS, () => undefined);
    return await conclude(stage, beginning, robots);
  } finally {
    await stage.close();
  }
}

function lineOf({ seconds, before, after }: Row): Line {
  return {
    length: lengthOf(seconds),
    'p50 ms before': before.delayMs.p50,
    after: after.delayMs.p50,
    'p99 ms before': before.delayMs.p99,
    'p99 after': after.delayMs.p99,
    'looks/run before': looksOf(before.requestsByKind),
    'looks after': looksOf(after.requestsByKind),
    'actions/run before': before.actions,
    'actions after': after.actions,
  };
}
