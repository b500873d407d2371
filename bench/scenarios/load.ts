/** HOST, development only: runs a second with few and with many in flight, whose robots end at once, beside empty activities. */

import { robotFlow } from '../harness/robots';
import { startStage } from '../harness/stage';
import { median, sum } from '../harness/statistics';
import { goal, type Outcome, type Scenario } from '../scenario';
import { ROOMY_NOTE } from './lines';
import { closedLoop, type Load, medianOf, type Round, ratiosOf, VARIANTS } from './throughput';

const FLOOR_GOAL = 0.95;

interface RepeatedLoad extends Load {
  /**
   * Each compares its own. Even, so that each variant is the first as often. Many: on a machine of two cores the ratio of one
   * round differs from the next by a tenth and more, and the median of six was 0.95 or 1.04 of the same code.
   */
  rounds: number;
}

/** A window is some times as long as a run takes. Short ones are better: what else happens on the machine changes from minute to minute. */
const LOADS: RepeatedLoad[] = [
  { inFlight: 30, warmUpMs: 4_000, windowMs: 10_000, rounds: 8 },
  { inFlight: 100, warmUpMs: 6_000, windowMs: 12_000, rounds: 16 },
  { inFlight: 400, warmUpMs: 15_000, windowMs: 30_000, rounds: 6 },
];
const IN_FLIGHT = LOADS.map(({ inFlight }) => inFlight);
const QUICK_LOADS: RepeatedLoad[] = [{ inFlight: 5, warmUpMs: 1_000, windowMs: 3_000, rounds: 1 }];

export const load: Scenario = {
  name: 'load',
  title: `runs a second with ${IN_FLIGHT.join(', ')} in flight, whose robots end at once, beside three empty activities`,
  async run({ isQuick, progress }): Promise<Outcome> {
    const loads: { inFlight: number; rounds: Round[] }[] = [];
    const variants = VARIANTS.filter(({ name }) => name !== 'naive');
    for (const each of isQuick ? QUICK_LOADS : LOADS) {
      const { inFlight } = each;
      const rounds: Round[] = [];
      const stage = await startStage({ benchWorkers: ['floor'] });
      try {
        await stage.emulator.addFlow(robotFlow(0));
        for (let round = 0; round < each.rounds; round++) {
          // Each is the first as often: the server grows slower with all that it keeps.
          for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
            progress(`${inFlight} in flight, round ${round + 1}, ${variant.name}`);
            rounds.push(await Promise.race([closedLoop(stage, variant, each), stage.broken]));
          }
        }
      } finally {
        await stage.close();
      }
      loads.push({ inFlight, rounds });
    }
    return {
      lines: loads.map(({ inFlight, rounds }) => ({
        'in flight': inFlight,
        'floor, runs/s': medianOf(rounds, 'floor'),
        'package, runs/s': medianOf(rounds, 'package'),
        ratio: ratioOf(rounds),
        'of each round': ratiosOf(rounds, 'package', 'floor')
          .map((one) => one.toFixed(2))
          .join(' '),
        'http/run': requestsPerRun(rounds),
      })),
      goals: loads.flatMap(({ inFlight, rounds }) => {
        const wrong = rounds.flatMap((round) => round.wrong ?? []);
        return [
          goal(
            `${inFlight} in flight: at least ${FLOOR_GOAL} of the runs a second of three empty activities`,
            ratioOf(rounds),
            ratioOf(rounds) >= FLOOR_GOAL,
          ),
          goal(`${inFlight} in flight: every result is right`, wrong[0] ?? 'all of them', wrong.length === 0),
        ];
      }),
      notes: ['Robots end at once; looks are wanted every second.', ROOMY_NOTE],
      data: loads,
    };
  },
};

function ratioOf(rounds: readonly Round[]): number {
  return median(ratiosOf(rounds, 'package', 'floor'));
}

function requestsPerRun(rounds: readonly Round[]): number {
  const own = rounds.filter(({ variant }) => variant === 'package');
  return sum(own.map(({ requests }) => requests)) / sum(own.map(({ runs }) => runs));
}
