/** HOST, development only: what a run costs where there are few of them, beside what it cost in 0.3.0. */
import { BASELINE, buildBaseline } from '../harness/baseline';
import { type Cell, type Measurement, measureCell } from '../harness/measure';
import { MODES } from '../modes';
import { goal, type Line, type Outcome, type Scenario } from '../scenario';
import { looksOf, ROOMY_NOTE, soundness } from './lines';

const SIZES = [1, 2, 5, 20, 100, 1_000];
const QUICK_SIZES = [1, 5];

const ACTIONS_GOAL = 8;
/** Where looks meet each other changes from one measurement to the next. */
const REQUESTS_GOAL = 1.05;
const MINUTES = 10;

interface Row {
  robots: number;
  before: Measurement;
  after: Measurement;
}

export const few: Scenario = {
  name: 'few',
  title: `1 to 1,000 robots of ${MINUTES} minutes, looked at every 5 s: at most ${ACTIONS_GOAL} actions a run, beside ${BASELINE}`,
  async run({ isQuick, progress }): Promise<Outcome> {
    const before = buildBaseline();
    const sizes = isQuick ? QUICK_SIZES : SIZES;
    let ended = 0;
    const measure = async (robots: number, stage: Cell['stage']) => {
      const seconds = isQuick ? 10 : MINUTES * 60;
      const measured = await measureCell(
        { mode: MODES.shared, robots, seconds, everyMs: 5_000, ...(stage && { stage }) },
        () => undefined,
      );
      ended += 1;
      progress(`${ended} of ${2 * sizes.length} cells have ended`);
      return measured;
    };
    progress('all cells at once');
    // They mostly wait, so they need not wait for each other.
    const rows = await Promise.all(
      sizes.map(
        async (robots): Promise<Row> => ({
          robots,
          before: await measure(robots, { package: before }),
          after: await measure(robots, {}),
        }),
      ),
    );
    return {
      lines: rows.map(lineOf),
      goals: rows.flatMap(({ robots, before, after }) => [
        goal(
          `${robots}: at most ${ACTIONS_GOAL} actions a run`,
          after.actions,
          after.actions <= ACTIONS_GOAL,
        ),
        goal(
          `${robots}: at most ${REQUESTS_GOAL} of the requests of before`,
          after.requests / before.requests,
          after.requests / before.requests <= REQUESTS_GOAL,
        ),
        ...soundness(String(robots), after),
      ]),
      notes: [
        `Before: the worker of ${BASELINE}. All sizes are measured at the same time, on servers, emulators and workers of their own; before and after in turn.`,
        ROOMY_NOTE,
      ],
      data: rows,
    };
  },
};

function lineOf({ robots, before, after }: Row): Line {
  return {
    robots,
    'actions/run before': before.actions,
    after: after.actions,
    'http/run before': before.requests,
    'http after': after.requests,
    'looks/run before': looksOf(before.requestsByKind),
    'looks after': looksOf(after.requestsByKind),
    'p50 ms before': before.delayMs.p50,
    'p50 after': after.delayMs.p50,
    'p99 ms before': before.delayMs.p99,
    'p99 after': after.delayMs.p99,
    'worker cpu ms/run before': workerCpu(before),
    'cpu after': workerCpu(after),
  };
}

function workerCpu({ cpuSeconds, robots }: Measurement): number {
  return ((cpuSeconds.worker ?? 0) * 1000) / robots;
}
