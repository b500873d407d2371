/** HOST, development only: runs a second with few and with many in flight, whose robots end at once, beside empty activities. */

import { robotFlow } from '../harness/robots';
import { startStage } from '../harness/stage';
import { sum } from '../harness/statistics';
import { goal, type Outcome, type Scenario } from '../scenario';
import { ROOMY_NOTE } from './lines';
import { closedLoop, medianOf, type Round, VARIANTS } from './throughput';

const FLOOR_GOAL = 0.95;
const IN_FLIGHT = [30, 100, 400];
const QUICK_IN_FLIGHT = [5];
const ROUNDS = 3;

export const load: Scenario = {
  name: 'load',
  title: `runs a second with ${IN_FLIGHT.join(', ')} in flight, whose robots end at once, beside three empty activities`,
  async run({ isQuick, progress }): Promise<Outcome> {
    const loads: { inFlight: number; rounds: Round[] }[] = [];
    const variants = VARIANTS.filter(({ name }) => name !== 'naive');
    for (const inFlight of isQuick ? QUICK_IN_FLIGHT : IN_FLIGHT) {
      const times = isQuick ? { warmUpMs: 1_000, windowMs: 3_000 } : { warmUpMs: 12_000, windowMs: 25_000 };
      const rounds: Round[] = [];
      const stage = await startStage({ benchWorkers: ['floor'] });
      try {
        await stage.emulator.addFlow(robotFlow(0));
        for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
          for (const variant of variants) {
            progress(`${inFlight} in flight, round ${round + 1}, ${variant.name}`);
            rounds.push(
              await Promise.race([closedLoop(stage, variant, { inFlight, ...times }), stage.broken]),
            );
          }
        }
      } finally {
        await stage.close();
      }
      loads.push({ inFlight, rounds });
    }
    const ratio = (rounds: Round[]) => medianOf(rounds, 'package') / medianOf(rounds, 'floor');
    return {
      lines: loads.map(({ inFlight, rounds }) => ({
        'in flight': inFlight,
        'floor, runs/s': medianOf(rounds, 'floor'),
        'package, runs/s': medianOf(rounds, 'package'),
        ratio: ratio(rounds),
        'http/run': requestsPerRun(rounds),
      })),
      goals: loads.flatMap(({ inFlight, rounds }) => {
        const wrong = rounds.flatMap((round) => round.wrong ?? []);
        return [
          goal(
            `${inFlight} in flight: at least ${FLOOR_GOAL} of the runs a second of three empty activities`,
            ratio(rounds),
            ratio(rounds) >= FLOOR_GOAL,
          ),
          goal(`${inFlight} in flight: every result is right`, wrong[0] ?? 'all of them', wrong.length === 0),
        ];
      }),
      notes: ['Robots end at once; looks are wanted every second.', ROOMY_NOTE],
      data: loads,
    };
  },
};

function requestsPerRun(rounds: readonly Round[]): number {
  const own = rounds.filter(({ variant }) => variant === 'package');
  return sum(own.map(({ requests }) => requests)) / sum(own.map(({ runs }) => runs));
}
