/** HOST: `desktop-flow batch`: one robot for each row of a file. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunDesktopFlowInput } from '../../common/input';
import type { FieldProblem } from '../../common/schema/parse';
import { type BatchRow, type EndedRow, runRows } from '../runs/batch-rows';
import { readText, typedInputs } from '../runs/given-inputs';
import { fieldsOf, optionOf, problemsOf } from '../runs/input';
import { type KnownFlow, readKnownFlow } from '../runs/known-flow';
import { addLimitOptions, addTargetOptions, type RunOptions } from '../runs/options';
import { exitCodeOfEnd } from '../runs/report';
import { formatOf, type Row, type RowFormat, RowIds, readRows } from '../runs/rows';
import { withTemporal } from '../support/clients';
import { UsageError } from '../support/errors';
import { EXIT, type ExitCode } from '../support/exit-codes';
import { createProgress, type Progress } from '../support/progress';

const NOTES = `
A file of CSV has a line with the names of the inputs, and a line for each robot; an empty cell leaves its input out. A file
of JSON lines has an object of inputs in each line. All rows are checked before anything starts.

Each row is a run of its own, whose workflow id is made from --id, the flow and the inputs of the row. So the same command
again goes on where it was ended: it waits for the robots that were started, prints their results too, and starts the
others. Rows that are alike are counted. To run the rows once more, give another --id.

Results are JSON lines {line, workflowId, status, ...}, in the order in which the robots end. Ctrl-C starts no more robots
and leaves those at work. For lists that a workflow reads and keeps, see RunDesktopFlows.

Exit codes: 0 all succeeded; 1 some ended badly; 2 wrong command line or rows, nothing was started; 3 Temporal or Dataverse
cannot be reached; 5 the outcome of some is not known.`;

interface Options extends Omit<RunOptions, 'input' | 'inputs' | 'workflowId'> {
  id?: string;
  format?: RowFormat;
  concurrency: number;
  out?: string;
}

const AT_ONCE = 10;

export function configure(command: Command): void {
  command
    .description('Runs a desktop flow once for each row of a file.')
    .argument('<file>', 'CSV (.csv) or JSON lines (.jsonl, .ndjson); - for standard input');
  addTargetOptions(command);
  addLimitOptions(command);
  command
    .option('--id <name>', 'begins the workflow ids (default: the name of the file)')
    .addOption(
      new Option('--format <format>', 'of the file, where its name does not tell').choices(['csv', 'jsonl']),
    )
    .addOption(
      new Option('--concurrency <number>', 'robots under way at once').argParser(count).default(AT_ONCE),
    )
    .option('--out <file>', 'where to write the results (default: standard output)')
    .addHelpText('after', NOTES)
    .action(batch);
}

async function batch(file: string, options: Options): Promise<void> {
  const rows = await prepare(file, options);
  const out = options.out === undefined ? process.stdout : createWriteStream(options.out);
  const progress = createProgress();
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const tally = new Tally(rows.length, progress);
  try {
    await withTemporal((temporal) =>
      runRows(rows, {
        temporal,
        concurrency: options.concurrency,
        stopped: stopping.signal,
        started: (_row, wasThere) => tally.started(wasThere),
        ended(row) {
          out.write(`${JSON.stringify(resultOf(row))}\n`);
          tally.ended(row);
        },
      }),
    );
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    progress.close();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
    if (out !== process.stdout) await new Promise<void>((done) => void out.end(() => done()));
  }
  console.error(tally.inWords(stopping.signal.aborted));
  process.exitCode = stopping.signal.aborted ? EXIT.outcomeUnknown : tally.exitCode;
}

async function prepare(file: string, options: Options): Promise<BatchRow[]> {
  const format = options.format ?? formatOf(file);
  if (format === undefined)
    throw new UsageError('--format is missing: the name of the file does not tell it');
  const id = options.id?.trim() || (file === '-' ? '' : path.parse(file).name);
  if (id === '') throw new UsageError('--id is missing: standard input has no name');
  const rows = await readRows(await readText('the file', file), format);
  const flow = options.flow?.trim() ? await readKnownFlow(options.flow.trim()) : undefined;
  if (flow?.unread) console.error(`The flow's inputs are not checked: ${flow.unread}`);
  const fields = fieldsOf(options, flow);
  const ids = new RowIds(id);
  const inputs = rows.map((row) => ({ ...fields, inputs: typedInputs(row, flow?.parameters) }));
  refuseProblems(rows, inputs, flow);
  return rows.map(({ line }, index) => {
    const input = inputs[index] as RunDesktopFlowInput;
    return { line, workflowId: ids.next({ flowId: input.flowId, inputs: input.inputs }), input };
  });
}

const MOST_TOLD = 20;

function refuseProblems(rows: Row[], inputs: Record<string, unknown>[], flow: KnownFlow | undefined): void {
  const isOfRow = ({ field }: FieldProblem) => field.startsWith('inputs');
  // What is wrong in each row is wrong with the command line, and said once.
  const general = problemsOf(inputs[0] ?? { ...fieldsOf({}, flow) }, flow).filter((one) => !isOfRow(one));
  const special = rows.flatMap(({ line }, index) =>
    problemsOf(inputs[index] ?? {}, flow)
      .filter(isOfRow)
      .map(({ field, problem }) => `line ${line}: ${field.replace(/^inputs\./, '')} ${problem}`),
  );
  const lines = [...general.map(({ field, problem }) => `${optionOf(field)} ${problem}`), ...special];
  if (lines.length === 0) return;
  const told = lines.slice(0, MOST_TOLD).map((line) => `  ${line}`);
  const more = lines.length > MOST_TOLD ? [`  and ${lines.length - MOST_TOLD} more`] : [];
  throw new UsageError(['nothing was started:', ...told, ...more].join('\n'));
}

function resultOf({ line, workflowId, outcome }: EndedRow) {
  const row = { line, workflowId, status: outcome.kind };
  switch (outcome.kind) {
    case 'succeeded':
      return { ...row, flowSessionId: outcome.result.flowSessionId, outputs: outcome.result.outputs };
    case 'failed': {
      const { flowSessionId, errorCode } = outcome.details;
      const { type, message } = outcome;
      return {
        ...row,
        ...(flowSessionId && { flowSessionId }),
        type,
        message,
        ...(errorCode && { errorCode }),
      };
    }
    default:
      return row;
  }
}

/** How far the batch is. */
class Tally {
  readonly #total: number;
  readonly #progress: Progress;
  readonly #ends: ExitCode[] = [];
  #started = 0;
  #wereThere = 0;

  constructor(total: number, progress: Progress) {
    this.#total = total;
    this.#progress = progress;
  }

  started(wasThere: boolean): void {
    this.#started += 1;
    if (wasThere) this.#wereThere += 1;
    this.#show();
  }

  ended({ outcome }: EndedRow): void {
    this.#ends.push(exitCodeOfEnd(outcome));
    this.#show();
  }

  get exitCode(): ExitCode {
    if (this.#ends.includes(EXIT.outcomeUnknown)) return EXIT.outcomeUnknown;
    return this.#ends.every((code) => code === EXIT.succeeded) ? EXIT.succeeded : EXIT.endedBadly;
  }

  inWords(wasStopped: boolean): string {
    const succeeded = this.#ends.filter((code) => code === EXIT.succeeded).length;
    const before = this.#wereThere > 0 ? `, ${this.#wereThere} had been started before` : '';
    const left = wasStopped
      ? `; ${this.#started - this.#ends.length} at work are left: the same command goes on`
      : '';
    return `${succeeded} of ${this.#total} succeeded, ${this.#ends.length - succeeded} did not${before}${left}.`;
  }

  #show(): void {
    const underWay = this.#started - this.#ends.length;
    this.#progress.show(`${this.#ends.length} of ${this.#total} ended`, `${underWay} under way`);
  }
}

function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 999.');
  return Number(text);
}
