/** HOST: the input of `RunDesktopFlow` from a command line. What is wrong with it is said at once, before anything starts. */
import {
  type ParsedStartInput,
  parseRunDesktopFlowInput,
  type RunDesktopFlowInput,
} from '../../common/input';
import type { FieldProblem } from '../../common/schema/parse';
import { inputProblems } from '../../schemas/input-problems';
import { UsageError } from '../support/errors';
import { readGivenInputs, typedInputs } from './given-inputs';
import { type KnownFlow, readKnownFlow } from './known-flow';
import type { RunOptions } from './options';

export interface PreparedRun {
  input: RunDesktopFlowInput;
  /** For people: the flow's name, or its id. */
  label: string;
  /** What was not checked, and why. */
  note?: string;
}

export async function prepareRun(options: RunOptions): Promise<PreparedRun> {
  const given = await readGivenInputs(options);
  const flow = options.flow?.trim() ? await readKnownFlow(options.flow.trim()) : undefined;
  const input = withoutUnset({ ...fieldsOf(options, flow), inputs: typedInputs(given, flow?.parameters) });
  refuseProblems(problemsOf(input, flow));
  return {
    input: input as unknown as RunDesktopFlowInput,
    label: flow?.name ?? flow?.flowId ?? '',
    ...(flow?.unread !== undefined && { note: noteOn(flow.unread, given.texts) }),
  };
}

/** The fields of an input, without the inputs of the flow. */
export function fieldsOf(options: Omit<RunOptions, 'input' | 'inputs'>, flow: KnownFlow | undefined) {
  const { connection, reference, mode, timeout, queueTimeout, deadline, priority, attempts } = options;
  return withoutUnset({
    flowId: flow?.flowId,
    connectionName: connection,
    connectionType: reference ? 'connectionReference' : undefined,
    runMode: mode,
    timeout: timeout === undefined ? undefined : timeout / 1000,
    queueTimeout,
    deadline,
    runPriority: priority,
    retry: attempts === undefined ? undefined : { maximumAttempts: attempts },
  });
}

export function problemsOf(input: Record<string, unknown>, flow: KnownFlow | undefined): FieldProblem[] {
  const parsed = parseRunDesktopFlowInput(input);
  const fields = parsed.ok ? [] : parsed.problems;
  const inputs = input.inputs as ParsedStartInput['inputs'];
  return [...fields, ...(flow?.parameters ? inputProblems(inputs, flow.parameters) : [])];
}

const OPTIONS: Record<string, string> = {
  flowId: '--flow',
  connectionName: '--connection',
  runMode: '--mode',
  runPriority: '--priority',
  timeout: '--timeout',
  queueTimeout: '--queue-timeout',
  deadline: '--deadline',
  'retry.maximumAttempts': '--attempts',
};

/** @throws UsageError that names every problem, by the option that is to be changed. */
function refuseProblems(problems: FieldProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ field, problem }) => `  ${optionOf(field)} ${problem}`);
  throw new UsageError(['nothing was started, the command line is wrong:', ...lines].join('\n'));
}

export function optionOf(field: string): string {
  return OPTIONS[field] ?? field.replace(/^inputs\./, '--input ');
}

function noteOn(why: string, texts: Record<string, string>): string {
  const sent = Object.keys(texts).length > 0 ? ', and --input is sent as a text' : '';
  return `The flow's inputs are not checked${sent}: ${why}`;
}

function withoutUnset(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
