/** HOST, development only: which charts are made of what was measured. A scenario that did not run has none. */
import type { GridCell } from '../scenarios/grid';
import type { Round } from '../scenarios/throughput';
import { medianOf, VARIANTS } from '../scenarios/throughput';
import { barChart, lineChart } from './chart';

/** By file name. */
export type Charts = Record<string, string>;

/** At so many robots the lengths are compared, and at this length the numbers of robots. */
const ROBOTS = 100;
const LENGTH_S = 10;

export function chartsOf(data: Readonly<Record<string, unknown>>): Charts {
  return {
    ...(data.grid !== undefined && chartsOfGrid(data.grid as GridCell[])),
    ...(data.throughput !== undefined && chartOfThroughput(data.throughput as Round[])),
  };
}

function chartsOfGrid(cells: readonly GridCell[]): Charts {
  const robots = cells.some((cell) => cell.robots === ROBOTS)
    ? ROBOTS
    : Math.max(...cells.map((cell) => cell.robots));
  const lines = (
    isShown: (cell: GridCell) => boolean,
    x: (cell: GridCell) => number,
    y: (cell: GridCell) => number,
  ) => {
    // A cell with wrong results says nothing about what right ones cost.
    const shown = cells.filter((cell) => isShown(cell) && cell.right === cell.robots);
    return [...new Set(shown.map(({ mode }) => mode))].map((name) => ({
      name,
      points: shown.filter(({ mode }) => mode === name).map((cell): [number, number] => [x(cell), y(cell)]),
    }));
  };
  const byLength = {
    subtitle: `${robots} robots at once, by how long each works`,
    xName: 'length of a robot, seconds',
  };
  const byRobots = { subtitle: `robots of ${LENGTH_S} s, by how many work at once`, xName: 'robots at once' };
  const hasRobots = (cell: GridCell) => cell.robots === robots;
  const hasLength = ({ length }: GridCell) => length === LENGTH_S;
  const length = (cell: GridCell) => cell.length;
  const count = (cell: GridCell) => cell.robots;
  return {
    'actions-by-length.svg': lineChart({
      title: 'Temporal actions of one run',
      ...byLength,
      yName: 'actions per run',
      lines: lines(hasRobots, length, ({ actions }) => actions),
    }),
    'requests-by-length.svg': lineChart({
      title: 'HTTP requests of one run',
      ...byLength,
      yName: 'requests per run',
      lines: lines(hasRobots, length, ({ requests }) => requests),
    }),
    'requests-by-robots.svg': lineChart({
      title: 'HTTP requests of one run',
      ...byRobots,
      yName: 'requests per run',
      lines: lines(hasLength, count, ({ requests }) => requests),
    }),
    'delay-by-robots.svg': lineChart({
      title: "From a robot's end to its result, median",
      ...byRobots,
      yName: 'milliseconds',
      lines: lines(hasLength, count, ({ delayMs }) => delayMs.p50),
    }),
  };
}

function chartOfThroughput(rounds: readonly Round[]): Charts {
  return {
    'throughput.svg': barChart({
      title: 'Runs a second on one worker',
      subtitle: 'server, emulator, worker and driver on one machine; median of the rounds',
      yName: 'runs a second',
      bars: VARIANTS.map(({ name, title }) => ({ name: title, value: medianOf(rounds, name) })),
    }),
  };
}
