/** HOST, development only: what doubles when the robots do. */
import { type Cell, type Measurement, measureCell } from '../harness/measure';
import { sum } from '../harness/statistics';
import { MODES } from '../modes';
import type { Line, Outcome, Scenario } from '../scenario';
import { cellLine, ROOMY_NOTE, soundness } from './lines';

export const growth: Scenario = {
  name: 'growth',
  title: '1,000 robots of 10 s and 2,000 of them: what doubles',
  async run({ isQuick, progress }): Promise<Outcome> {
    const sizes = isQuick ? [20, 40] : [1_000, 2_000];
    const cells = sizes.map((robots): Cell => ({ mode: MODES.shared, robots, seconds: 10 }));
    const measured: Measurement[] = [];
    for (const cell of cells) {
      measured.push(await measureCell(cell, (text) => progress(`${cell.robots}: ${text}`)));
    }
    const [one, two] = measured as [Measurement, Measurement];
    return {
      lines: [
        ...cells.map((cell, index) => cellLine(cell, measured[index] as Measurement)),
        factors(one, two),
      ],
      goals: measured.flatMap((cell) => soundness(`${cell.robots} robots`, cell)),
      notes: ['The last line has the factors of the totals: 2 is what doubled.', ROOMY_NOTE],
      data: measured,
    };
  },
};

/** Totals, not what one run costs: that would hide what grows faster than the number of runs. */
function factors(one: Measurement, two: Measurement): Line {
  const total = (of: (measured: Measurement) => number) => (of(two) * two.robots) / (of(one) * one.robots);
  const cpu = (measured: Measurement) => sum(Object.values(measured.cpuSeconds));
  return {
    mode: 'factor',
    robots: two.robots / one.robots,
    'actions/run': total(({ actions }) => actions),
    'of histories': total(({ actionsOfHistories }) => actionsOfHistories),
    'own events': total(({ events }) => events.own),
    'all events': total(({ events }) => events.total),
    'http/run': total(({ requests }) => requests),
    'delay p50 ms': two.delayMs.p50 / one.delayMs.p50,
    'p99 ms': two.delayMs.p99 / one.delayMs.p99,
    'all s': two.seconds / one.seconds,
    'cpu ms/run': `all CPU time ${(cpu(two) / cpu(one)).toFixed(2)}, worker's memory ${(two.workerRss / one.workerRss).toFixed(2)}`,
  };
}
