/** HOST, development only: `npm run bench`: runs scenarios, prints what they measure, and writes it to files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BenchOptions, help, readCommandLine } from './command-line';
import { chartsOf } from './report/charts';
import { describeMachine, type Machine } from './report/machine';
import { Progress } from './report/progress';
import { table } from './report/table';
import type { Outcome, Scenario } from './scenario';
import { SCENARIOS } from './scenarios';

interface Told extends Partial<Outcome> {
  name: string;
  title: string;
  measuredAt: string;
  machine: Machine;
  isQuick: boolean;
  isFull: boolean;
  seconds: number;
  /** Why it could not be measured to its end. */
  error?: string;
}

async function tell(
  scenario: Scenario,
  machine: Machine,
  options: BenchOptions,
  progress: Progress,
  kept: readonly Told[],
): Promise<Told> {
  const { name, title } = scenario;
  const { isQuick, isFull } = options;
  const since = Date.now();
  const about = () => {
    const now = new Date();
    const seconds = Math.round((now.getTime() - since) / 1000);
    return { name, title, measuredAt: now.toISOString(), machine, isQuick, isFull, seconds };
  };
  progress.begin(name);
  try {
    const outcome = await scenario.run({
      ...options,
      kept: kept.find((one) => one.name === name)?.data,
      ...(machine.commit && { commit: machine.commit }),
      progress: (text) => progress.tell(text),
    });
    return { ...about(), ...outcome };
  } catch (error) {
    return { ...about(), error: error instanceof Error ? error.message : String(error) };
  } finally {
    progress.clear();
  }
}

function print({ name, title, seconds, error, lines = [], goals = [], notes = [] }: Told): void {
  console.log(`\n${name}: ${title} (${seconds} s)`);
  if (lines.length > 0) console.log(`\n${table(lines)}`);
  for (const note of notes) console.log(`  ${note}`);
  for (const { text, measured, holds } of goals) {
    console.log(`  ${holds ? 'holds ' : 'MISSED'}  ${text}: ${measured}`);
  }
  if (error !== undefined) console.log(`  MISSED  it could not be measured: ${error}`);
}

interface Results {
  scenarios: readonly Told[];
}

function write(folder: string, results: Results): void {
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
  const data = Object.fromEntries(results.scenarios.map((scenario) => [scenario.name, scenario.data]));
  for (const [file, svg] of Object.entries(chartsOf(data))) writeFileSync(path.join(folder, file), svg);
}

/** What was measured before, and stays. */
function readKept(folder: string): readonly Told[] {
  const file = path.join(folder, 'results.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results).scenarios : [];
}

async function bench(options: BenchOptions): Promise<boolean> {
  const machine = describeMachine();
  console.log(`${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node}`);
  if (machine.loadBefore > 0.5) {
    console.log(`This machine is not quiet: its load was ${machine.loadBefore.toFixed(1)} before the bench.`);
  }
  if (options.isQuick) console.log('Quick: small sizes, whose numbers say nothing.');
  const { isQuick, isFull, isKept } = options;
  const isWhole = options.scenarios === SCENARIOS && !isQuick && !isFull;
  const folder = path.join(__dirname, 'results', isWhole || isKept ? '' : 'partial');
  mkdirSync(folder, { recursive: true });
  const kept = isKept ? readKept(folder) : [];
  const told: Told[] = [];
  const progress = new Progress();
  for (const scenario of options.scenarios) {
    told.push(await tell(scenario, machine, options, progress, kept));
    print(told.at(-1) as Told);
    // After each one: whoever interrupts the bench keeps what was measured.
    write(folder, { scenarios: merge(kept, told) });
  }
  console.log(`\nWritten to ${path.relative(process.cwd(), folder)}`);
  return told.every(({ error, goals = [] }) => error === undefined && goals.every(({ holds }) => holds));
}

/** In the order of the bench, the newer one where both have it. */
function merge(kept: readonly Told[], told: readonly Told[]): readonly Told[] {
  const named = new Map([...kept, ...told].map((one) => [one.name, one]));
  return SCENARIOS.flatMap(({ name }) => named.get(name) ?? []);
}

async function main(): Promise<number> {
  let options: BenchOptions | undefined;
  try {
    options = readCommandLine(process.argv.slice(2), SCENARIOS);
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(help(SCENARIOS));
    return 0;
  }
  return (await bench(options)) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
