/** HOST, development only: what the command line of the bench means. */
import { parseArgs } from 'node:util';
import type { Scenario } from './scenario';
import { cellNames } from './scenarios/grid';

export interface BenchOptions {
  scenarios: readonly Scenario[];
  isQuick: boolean;
  isFull: boolean;
  /** What was measured goes beside what is there of other scenarios. */
  isKept: boolean;
  cells?: string;
}

export function help(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return `Measures runs of desktop flows on this machine: real Temporal server, emulator and worker, a process each.

  npm run bench                        all scenarios, about three hours on two cores
  npm run bench -- --only name,...     these scenarios
  npm run bench -- --only name --keep  these scenarios, and the published results of the others stay
  npm run bench -- --only grid --cells 'own, 1000' --keep
                                       those cells of the grid whose names, as the progress tells them, begin so
  npm run bench -- --quick             small sizes: shows whether the bench works, and measures nothing of worth
  npm run bench -- --full              the grid with all its cells at their real lengths: hours
  npm run bench -- --help              this text

${scenarios.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join('\n')}

Prints a table, and writes results.json and charts (SVG) into bench/results/; with --only, --quick or --full, without
--keep, into bench/results/partial/. Ends with exit code 1 where a goal is missed, and 2 where it was called wrongly.
`;
}

/** Undefined where only the help is asked for. */
export function readCommandLine(args: string[], all: readonly Scenario[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      cells: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.quick && values.full) throw new Error('--quick and --full do not go together.');
  if (values.quick && values.keep) throw new Error('--quick measures nothing that is worth to --keep.');
  const scenarios = choose(values.only, all);
  const options = { scenarios, isQuick: values.quick, isFull: values.full, isKept: values.keep };
  if (values.cells === undefined) return options;
  checkCells(values.cells, options);
  return { ...options, cells: values.cells };
}

function checkCells(cells: string, { scenarios, isQuick, isFull }: BenchOptions): void {
  if (scenarios.some(({ name }) => name !== 'grid')) {
    throw new Error('--cells chooses cells of the grid: it goes with --only grid.');
  }
  const names = cellNames({ isQuick, isFull });
  if (names.some((name) => name.startsWith(cells))) return;
  throw new Error(`--cells: no cell begins with '${cells}'. There are '${names.join("', '")}'.`);
}

function choose(only: string | undefined, all: readonly Scenario[]): readonly Scenario[] {
  if (only === undefined) return all;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !all.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new Error(`--only: there is no scenario ${unknown.join(', ')}. There are ${known}.`);
  }
  return all.filter(({ name }) => names.includes(name));
}
