/**
 * HOST: FEEL as Camunda writes it, by feelin. Nothing of feelin is loaded before there is an expression. Whoever may start
 * a run may write one, so it gets a time: a loop without an end would hold up everything in its process.
 */
import { Script } from 'node:vm';

export const DIALECT = 'camunda';

/** By the clock. Expressions take some milliseconds. */
const LONGEST_MS = 2000;

/** With less than this of the processor, it was the machine that had no time, and not the expression that took it. */
const WORKED_MS = LONGEST_MS / 2;
const TRIES = 3;

/** Why an expression has no value. The message says where, and repeats neither values nor literals. */
export class FeelError extends Error {
  override name = 'FeelError';
}

export type Feelin = Awaited<ReturnType<typeof loadFeelin>>;

/** feelin is an ES module, and its types are known to the compiler by this import alone. */
export function loadFeelin() {
  return import('feelin');
}

/**
 * Takes one `=` off, with which Camunda marks a text as an expression. Positions stay.
 * @example `= {a: 1}` becomes `  {a: 1}`
 */
export function withoutMark(expression: string): string {
  return expression.replace(/^\s*=/, (mark) => ' '.repeat(mark.length));
}

/** Runs code that does not wait for anything, and stops it after a time, wherever it is. It may be run again then. */
export function withinTime<T>(work: () => T, tries = TRIES): T {
  let result: { value: T } | undefined;
  const before = process.cpuUsage();
  const run = () => {
    result = { value: work() };
  };
  try {
    new Script('run()').runInNewContext({ run }, { timeout: LONGEST_MS });
  } catch (error) {
    if (tries > 1 && isOutOfTime(error) && workedMs(before) < WORKED_MS) return withinTime(work, tries - 1);
    throw toFeelError(error);
  }
  if (result === undefined) throw new FeelError('gave no value');
  return result.value;
}

function isOutOfTime(error: unknown): boolean {
  return (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** All of the process. */
function workedMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function toFeelError(error: unknown): FeelError {
  if (error instanceof FeelError) return error;
  if (isOutOfTime(error)) return new FeelError(`takes longer than ${LONGEST_MS / 1000} seconds`);
  const { name, position } = error as { name?: string; position?: { from: number } };
  if (position !== undefined) return new FeelError(`cannot be read from character ${position.from + 1} on`);
  // Its message may quote a value.
  return new FeelError(`cannot be evaluated (${name ?? 'unknown'})`);
}
