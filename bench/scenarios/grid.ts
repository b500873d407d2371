/** HOST, development only: every mode with every number of robots and every length, as far as there is time. */
import { type Cell, type Measurement, measureCell } from '../harness/measure';
import { MODES } from '../modes';
import type { Context, Goal, Line, Outcome, Scenario } from '../scenario';
import { cellLine, lengthOf, ROOMY_NOTE, soundness } from './lines';

const SIZES = [1, 100, 1_000, 5_000];
const LENGTHS_S = [10, 60, 600];
const QUICK_SIZES = [1, 20];

/** Short robots are measured as they are; longer ones, where they are few, so that their cell takes no longer. */
const LASTS_S = 10;

/** A thousand runs keep the machine busy even when their robots are slow: a time that runs faster would be a lie. */
const LARGEST_DIVIDED = 100;

/**
 * Cells of so many seconds of robots, in all, are measured as they are: a few minutes each. What runs do by default is
 * measured however long it takes.
 */
const MOST_ROBOT_SECONDS = 60_000;

/** One measured cell, as the charts take it. */
export interface GridCell extends Measurement {
  mode: string;
  /** Of the robot, in seconds, before it was divided. */
  length: number;
  divisor: number;
  measuredAt: string;
  commit?: string;
}

interface Planned extends Cell {
  /** Why it is not measured. */
  skipped?: string;
}

export function plan({ isQuick, isFull }: Pick<Context, 'isQuick' | 'isFull'>): Planned[] {
  const sizes = isQuick ? QUICK_SIZES : SIZES;
  return Object.values(MODES).flatMap((mode) =>
    sizes.flatMap((robots) =>
      LENGTHS_S.map((seconds): Planned => {
        const cell = { mode, robots, seconds };
        if (isFull) return cell;
        const { largestDivisor = Number.POSITIVE_INFINITY } = mode;
        if (robots <= LARGEST_DIVIDED)
          return { ...cell, divisor: Math.min(seconds / LASTS_S, largestDivisor) };
        if (robots * seconds <= MOST_ROBOT_SECONDS || mode === MODES.shared) return cell;
        return { ...cell, skipped: 'takes too long: --only grid --full' };
      }),
    ),
  );
}

const labelOf = (mode: string, robots: number, seconds: number) =>
  `${mode}, ${robots} × ${lengthOf(seconds)}`;

/** As the progress names them. */
export function cellNames(context: Pick<Context, 'isQuick' | 'isFull'>): string[] {
  return plan(context).map(({ mode, robots, seconds }) => labelOf(mode.name, robots, seconds));
}

export const grid: Scenario = {
  name: 'grid',
  title: 'each way to wait, with 1 to 5,000 robots at once of 10 s to 10 min: what a run costs',
  async run(context): Promise<Outcome> {
    const lines: Line[] = [];
    const goals: Goal[] = [];
    const data: GridCell[] = [];
    for (const planned of plan(context)) {
      const { mode, robots, seconds } = planned;
      const label = labelOf(mode.name, robots, seconds);
      const cell = isChosen(planned, label, context)
        ? await measure(planned, label, context)
        : kept(label, context);
      if (cell === undefined) {
        const right = planned.skipped ?? 'not measured';
        lines.push({ mode: mode.name, robots, length: lengthOf(seconds), right });
        continue;
      }
      lines.push(cellLine({ mode, robots, seconds, divisor: cell.divisor }, cell));
      goals.push(...soundness(label, cell));
      data.push(cell);
    }
    const modes = Object.values(MODES).map(({ name, title }) => `${name}: ${title}.`);
    const divided =
      'time ÷ n: robot and all poll intervals were divided by n; what a run costs stays the same, and the part of the delay that polling makes is n times as long in truth.';
    return { lines, goals: summary(goals), notes: [...modes, divided, ROOMY_NOTE], data };
  },
};

function isChosen({ skipped }: Planned, label: string, { cells = '' }: Context): boolean {
  return skipped === undefined && label.startsWith(cells);
}

async function measure({ skipped, ...cell }: Planned, label: string, context: Context): Promise<GridCell> {
  const measured = await measureCell(cell, (text) => context.progress(`${label}: ${text}`));
  return {
    ...measured,
    mode: cell.mode.name,
    length: cell.seconds,
    divisor: cell.divisor ?? 1,
    measuredAt: new Date().toISOString(),
    ...(context.commit && { commit: context.commit }),
  };
}

/** A cell as it was published before. */
function kept(label: string, context: Context): GridCell | undefined {
  const cells = (context.kept ?? []) as GridCell[];
  return cells.find(({ mode, robots, length }) => labelOf(mode, robots, length) === label);
}

/** Two goals for all cells; what is missed is told of each. */
function summary(goals: readonly Goal[]): Goal[] {
  const missed = goals.filter(({ holds }) => !holds);
  if (missed.length > 0) return missed;
  return [
    {
      text: 'every result is right, and no request is refused with 429',
      measured: 'in all cells',
      holds: true,
    },
  ];
}
