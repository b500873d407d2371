/** HOST, development only: many runs that are waited for together. */
import { type Cell, type Measurement, measureCell } from '../harness/measure';
import { MODES } from '../modes';
import { type Goal, goal, type Outcome, type Scenario } from '../scenario';
import { cellLine, lengthOf, looksOf, ROOMY_NOTE, soundness } from './lines';

const LOOKS_GOAL = 1;

export const shared300: Scenario = {
  name: 'shared-300',
  title: '300 robots of 30 s, looked at every 2 s: one question for a status per run in all, no 429',
  async run({ isQuick, progress }): Promise<Outcome> {
    const robots = isQuick ? 20 : 300;
    const cell: Cell = { mode: MODES.shared, robots, seconds: isQuick ? 5 : 30, everyMs: 2_000 };
    const measured = await measureCell(cell, progress);
    const looks = looksOf(measured.requestsByKind);
    return {
      lines: [cellLine(cell, measured)],
      goals: [
        goal(`at most ${LOOKS_GOAL} request for a status per run`, looks, looks <= LOOKS_GOAL),
        ...soundness('shared', measured),
      ],
      notes: [ROOMY_NOTE],
      data: measured,
    };
  },
};

const REQUESTS_GOAL = 2.2;
const ACTIONS_GOAL = 8;
/** By how much either may grow where the robots take twice as long. */
const GROWTH_GOAL = 1.1;

export const shared1000: Scenario = {
  name: 'shared-1000',
  title:
    '1,000 robots of 60 s and of 120 s, looked at every 5 s: what a run costs does not grow with its length',
  async run({ isQuick, progress }): Promise<Outcome> {
    const robots = isQuick ? 20 : 1_000;
    const lengths = isQuick ? [5, 10] : [60, 120];
    const cells = lengths.map((seconds): Cell => ({ mode: MODES.shared, robots, seconds, everyMs: 5_000 }));
    const measured: Measurement[] = [];
    for (const cell of cells) {
      measured.push(await measureCell(cell, (text) => progress(`${lengthOf(cell.seconds)}: ${text}`)));
    }
    const [short, long] = measured as [Measurement, Measurement];
    return {
      lines: cells.map((cell, index) => cellLine(cell, measured[index] as Measurement)),
      goals: [
        ...atMost('HTTP requests', short.requests, long.requests, REQUESTS_GOAL),
        ...atMost('Temporal actions', short.actions, long.actions, ACTIONS_GOAL),
        ...cells.flatMap((cell, index) => soundness(lengthOf(cell.seconds), measured[index] as Measurement)),
      ],
      notes: [ROOMY_NOTE],
      data: measured,
    };
  },
};

function atMost(what: string, short: number, long: number, most: number): Goal[] {
  const growth = long / short;
  return [
    goal(`at most ${most} ${what} per run, helper workflows included`, short, short <= most),
    goal(
      `${what} per run grow by a tenth at most where robots take twice as long`,
      growth,
      growth <= GROWTH_GOAL,
    ),
  ];
}
