/** SHARED: may run anywhere. The one argument of the workflow `RunDesktopFlow`. On the wire. */
import type { Duration } from '@temporalio/common';
import * as z from 'zod/mini';
import type {
  CheckResultExpressionInput,
  DataverseTarget,
  EvaluateResultExpressionInput,
  OnReset,
  RobotIdentity,
  TriggerFlowRunInput,
} from './activities';
import { backoffFields, type FlowRunRetryOptions, type PollOptions } from './backoff';
import type { RunDesktopFlowResult } from './result';
import { duration, inputFields, must, nonEmpty, numberBetween, wholeNumber } from './schema/fields';
import { isPlainObject, type Parsed, parse } from './schema/parse';

/** What to do with a robot its run no longer waits for. */
export type RobotsFate = 'stop' | 'leave';

/** How a run waits for its robot, started by it or by somebody else. */
export interface WaitOptions {
  poll?: PollOptions;
  /** Most time in the queue of the machine, counted from the start of each robot: 1 s to 30 days. @default none */
  queueTimeout?: Duration;
  /** The robot that is still in the queue then. 'leave' also means that no new one is started. @default 'stop' */
  onQueueTimeout?: RobotsFate;
  /** Most time for the whole, attempts and outputs included: 1 s to 365 days. @default none */
  deadline?: Duration;
  /** The robot that is under way then. @default 'stop' */
  onDeadline?: RobotsFate;
  /** The robot of a run that is cancelled. @default 'stop' */
  onCancel?: RobotsFate;
  /** How long Dataverse may be out of reach before the run gives up, 1 s to 30 days. @default '24h' */
  scheduleToCloseTimeout?: Duration;
  /** Puts why the robot failed into the details of the failure, as far as Dataverse tells. @default false */
  explainFailures?: boolean;
  /** An expression in FEEL, which makes `result` of what is answered: see docs/feel.md. @default none */
  resultExpression?: string;
}

/** What a caller writes to start a robot. Every field that has a default may be left out, or be null. */
export interface RunDesktopFlowInput
  extends Omit<TriggerFlowRunInput, 'inputsFrom' | 'resultExpression'>,
    WaitOptions {
  /** A robot that runs on well past its `timeout`. 'leave' also means that no new one is started. @default 'stop' */
  onTimeout?: RobotsFate;
  retry?: FlowRunRetryOptions;
  /**
   * The robots of a run that an operator resets: 'adopt' takes those that it had started before, with their results;
   * 'startAgain' starts a new one, and leaves those before to themselves. @default 'adopt'
   */
  onReset?: OnReset;
}

/** What a caller writes to wait for a run that somebody else has started. It is never triggered. */
export interface AdoptFlowRunInput extends DataverseTarget, WaitOptions {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
}

/** Far longer than one that people can read. */
const MAX_RESULT_EXPRESSION_LENGTH = 10_000;

const { guid, targetFields, triggerFields } = inputFields();
const { poll, retry, watch } = backoffFields();

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;

const fate = z._default(z.enum(['stop', 'leave'], must("must be 'stop' or 'leave'")), 'stop');

const onReset = z.enum(['adopt', 'startAgain'], must("must be 'adopt' or 'startAgain'"));

/** Not refused here where it is wrong: nothing that reads FEEL is in a workflow. */
const resultExpression = nonEmpty(MAX_RESULT_EXPRESSION_LENGTH);

const expressionField = { resultExpression: z.optional(resultExpression) };

const waitFields = {
  poll: z.prefault(poll, {}),
  queueTimeout: z.optional(duration(SECOND_MS, 30 * DAY_MS)),
  onQueueTimeout: fate,
  deadline: z.optional(duration(SECOND_MS, 365 * DAY_MS)),
  onDeadline: fate,
  onCancel: fate,
  scheduleToCloseTimeout: z._default(duration(SECOND_MS, 30 * DAY_MS), DAY_MS),
  explainFailures: z._default(z.boolean(must('must be true or false')), false),
  ...expressionField,
};

const startInput = z.strictObject({
  ...triggerFields,
  ...waitFields,
  onTimeout: fate,
  retry: z.prefault(retry, {}),
  onReset: z._default(onReset, 'adopt'),
});

const partialInput = z.partial(startInput);

const notWithSession = z.optional(
  z.never('does not go with flowSessionId, which names a run that is started already'),
);

/** Fields that only an input without `flowSessionId` may have. */
type StartField =
  | Exclude<keyof typeof triggerFields, keyof typeof targetFields>
  | 'onTimeout'
  | 'retry'
  | 'onReset';

const startFields = [...Object.keys(triggerFields), 'onTimeout', 'retry', 'onReset'].filter(
  (name) => !(name in targetFields),
);

const adoptInput = z.strictObject({
  ...targetFields,
  ...waitFields,
  flowSessionId: guid,
  ...(Object.fromEntries(startFields.map((name) => [name, notWithSession])) as Record<
    StartField,
    typeof notWithSession
  >),
});

const watchFields = { watch: z.optional(watch) };

const triggerFlowRunInput = z.strictObject({
  ...triggerFields,
  ...watchFields,
  ...expressionField,
  inputsFrom: z.optional(z.literal('workflow', must("must be 'workflow'"))),
});
const findFlowRunInput = z.strictObject({
  ...triggerFields,
  ...watchFields,
  activityId: nonEmpty(1000),
  scheduledAt: numberBetween(0, Number.MAX_SAFE_INTEGER),
  inDoubtSince: numberBetween(0, Number.MAX_SAFE_INTEGER),
});
// Not strict: a newer version may send more.
const robotIdentity = z.object({
  run: nonEmpty(1000),
  attempt: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  execution: nonEmpty(1000),
  isRepeated: z.optional(z.boolean(must('must be true or false'))),
  onReset: z.optional(onReset),
  askedAt: z.optional(numberBetween(0, Number.MAX_SAFE_INTEGER)),
});
const flowSessionInput = z.strictObject({ ...targetFields, flowSessionId: guid });
/** Names of secrets that one explanation may cut out. */
export const MOST_SECRETS = 100;

const explainFlowRunInput = z.strictObject({
  ...targetFields,
  flowSessionId: guid,
  // Not strict: it is what Dataverse answered to the trigger.
  licenseCheck: z.optional(z.object({ code: nonEmpty(200), message: z.optional(z.string()) })),
  secrets: z.optional(
    z
      .array(nonEmpty(200), must('must be a list of names of secrets'))
      .check(z.maxLength(MOST_SECRETS, must(`must not name more than ${MOST_SECRETS} secrets`))),
  ),
});
const getFlowRunStatusInput = z.strictObject({
  ...targetFields,
  ...watchFields,
  ...expressionField,
  flowSessionId: guid,
});
const getFlowOutputsInput = z.strictObject({ ...targetFields, ...expressionField, flowSessionId: guid });
const checkResultExpressionInput = z.strictObject({ resultExpression });
const evaluateResultExpressionInput = z.strictObject({
  resultExpression,
  run: z.custom<RunDesktopFlowResult>(isPlainObject, must('must be the result of a run')),
});

/** The schemas behind the inputs that callers write. A function, for the reason given in `schema/fields.ts`. */
export function inputSchemas() {
  return {
    startInput,
    adoptInput,
    partialInput,
    triggerFlowRunInput,
    flowSessionInput,
    explainFlowRunInput,
    getFlowRunStatusInput,
    getFlowOutputsInput,
  };
}

/** An input with its defaults filled in, ids in lower case and durations in milliseconds. */
export type ParsedStartInput = z.infer<typeof startInput>;
type ParsedAdoptInput = z.infer<typeof adoptInput>;
export type ParsedRunDesktopFlowInput = ParsedStartInput | ParsedAdoptInput;
export type ParsedTriggerFlowRunInput = z.infer<typeof triggerFlowRunInput>;
export type ParsedFindFlowRunInput = z.infer<typeof findFlowRunInput>;
export type ParsedFlowSessionInput = z.infer<typeof flowSessionInput>;
export type ParsedExplainFlowRunInput = z.infer<typeof explainFlowRunInput>;
export type ParsedGetFlowRunStatusInput = z.infer<typeof getFlowRunStatusInput>;
export type ParsedGetFlowOutputsInput = z.infer<typeof getFlowOutputsInput>;

export function parseRunDesktopFlowInput(value: unknown): Parsed<ParsedRunDesktopFlowInput> {
  return namesSession(value) ? parse(adoptInput, value) : parse(startInput, value);
}

/** Any part of an input that starts a robot: what a batch lays below its items. */
export function parsePartialInput(value: unknown): Parsed<unknown> {
  return parse(partialInput, value);
}

function namesSession(value: unknown): boolean {
  const { flowSessionId } = (value ?? {}) as { flowSessionId?: unknown };
  return flowSessionId !== undefined && flowSessionId !== null;
}

export function parseTriggerFlowRunInput(value: unknown): Parsed<ParsedTriggerFlowRunInput> {
  return parse(triggerFlowRunInput, value);
}

export function parseFindFlowRunInput(value: unknown): Parsed<ParsedFindFlowRunInput> {
  return parse(findFlowRunInput, value);
}

export function parseRobotIdentity(value: unknown): Parsed<RobotIdentity> {
  return parse(robotIdentity, value);
}

export function parseFlowSessionInput(value: unknown): Parsed<ParsedFlowSessionInput> {
  return parse(flowSessionInput, value);
}

export function parseExplainFlowRunInput(value: unknown): Parsed<ParsedExplainFlowRunInput> {
  return parse(explainFlowRunInput, value);
}

export function parseGetFlowRunStatusInput(value: unknown): Parsed<ParsedGetFlowRunStatusInput> {
  return parse(getFlowRunStatusInput, value);
}

export function parseGetFlowOutputsInput(value: unknown): Parsed<ParsedGetFlowOutputsInput> {
  return parse(getFlowOutputsInput, value);
}

export function parseCheckResultExpressionInput(value: unknown): Parsed<CheckResultExpressionInput> {
  return parse(checkResultExpressionInput, value);
}

export function parseEvaluateResultExpressionInput(value: unknown): Parsed<EvaluateResultExpressionInput> {
  return parse(evaluateResultExpressionInput, value);
}

/** The part of an input that says which organization, and as whom. */
export function targetOf({ organizationUri, authentication }: DataverseTarget): DataverseTarget {
  return { ...(organizationUri && { organizationUri }), ...(authentication && { authentication }) };
}

/** The part of an input that goes to `triggerFlowRun`: picked by its schema, so that what is added elsewhere stays out. */
export function triggerOf(input: ParsedStartInput): z.infer<z.ZodMiniObject<typeof triggerFields>> {
  const picked = Object.entries(input).filter(([name]) => name in triggerFields);
  return Object.fromEntries(picked) as ReturnType<typeof triggerOf>;
}
