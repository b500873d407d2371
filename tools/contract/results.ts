/**
 * What the workflows and their messages answer, as zod schemas. The product only writes these, so it needs no schema of
 * them; each is held against the type that the product uses, in both directions, by the compiler.
 */
import * as z from 'zod/mini';
import type * as activities from '../../src/common/activities';
import type * as batchPages from '../../src/common/batch';
import type * as batchResults from '../../src/common/batch-result';
import type * as explanations from '../../src/common/explanation';
import type * as failures from '../../src/common/failure-types';
import type * as messages from '../../src/common/messages';
import type * as portal from '../../src/common/portal-links';
import type * as results from '../../src/common/result';
import { FLOW_RUN_STATUSES } from '../../src/common/status';

/** A schema of exactly this type: with every field, and with none that the type does not have. */
type Exactly<T, S extends z.ZodMiniType> = [z.output<S>, keyof z.output<S>] extends [T, keyof T]
  ? [T, keyof T] extends [z.output<S>, keyof z.output<S>]
    ? S
    : never
  : never;

const of =
  <T>() =>
  <S extends z.ZodMiniType>(schema: S & Exactly<T, S>): S =>
    schema;

const text = z.string();
const texts = z.array(text);
const count = z.int().check(z.gte(0));
const json = z.record(z.string(), z.unknown());

const status = z.enum([...FLOW_RUN_STATUSES, 'Unknown']);
const deadline = z.enum(['queueTimeout', 'timeout', 'deadline']);

const LicenseCheck = of<results.LicenseCheck>()(z.object({ code: text, message: z.optional(text) }));

const attemptFields = {
  flowSessionId: text,
  statusCode: z.int(),
  status,
  startedOn: z.nullable(text),
  completedOn: z.nullable(text),
  errorCode: z.optional(text),
  errorMessage: z.optional(text),
  errorSubCode: z.optional(text),
  machine: z.optional(text),
  stoppedFor: z.optional(deadline),
  duplicates: z.optional(texts),
};

const FlowRunAttempt = of<results.FlowRunAttempt>()(z.object(attemptFields));

const RunDesktopFlowResult = of<results.RunDesktopFlowResult>()(
  z.object({
    ...attemptFields,
    outputs: z.nullable(json),
    attempts: z.array(FlowRunAttempt),
    licenseCheck: z.optional(LicenseCheck),
    result: z.optional(z.unknown()),
  }),
);

const FieldProblem = of<failures.FieldProblem>()(z.object({ field: text, problem: text }));

const DataverseAnswer = of<failures.DataverseAnswer>()(
  z.object({
    httpStatus: z.optional(z.int()),
    code: z.optional(text),
    message: z.optional(text),
    requestId: z.optional(text),
    retryAfterMs: z.optional(z.number().check(z.gte(0))),
  }),
);

const PortalLinks = of<portal.PortalLinks>()(z.object({ flow: text, run: text }));

const seconds = z.optional(z.number().check(z.gte(0)));

const errorCategory = z.enum(['notExecuted', 'maybePartlyExecuted', 'needsPerson', 'permanent']);

const ExplainedError = of<explanations.ExplainedError>()(
  z.object({
    code: z.optional(text),
    subCode: z.optional(text),
    message: z.optional(text),
    details: z.optional(text),
    innerError: z.optional(text),
    meaning: z.optional(text),
    action: z.optional(text),
    category: z.optional(errorCategory),
  }),
);

const LoggedAction = of<explanations.LoggedAction>()(
  z.object({
    name: z.optional(text),
    subflow: z.optional(text),
    index: z.optional(z.int()),
    status: z.optional(text),
    text: z.optional(text),
    startedOn: z.optional(text),
    fields: json,
  }),
);

const ActionLog = of<explanations.ActionLog>()(
  z.object({
    source: z.enum(['additionalcontext', 'flowlog', 'none']),
    actions: z.optional(count),
    isPartial: z.optional(z.literal(true)),
    because: z.optional(text),
  }),
);

const QueueEvent = of<explanations.QueueEvent>()(
  z.object({ type: text, on: z.nullable(text), data: z.optional(json) }),
);

const RobotsMachine = of<explanations.RobotsMachine>()(
  z.object({
    machineId: z.optional(text),
    machineGroupId: z.optional(text),
    name: z.optional(text),
    lastHeartbeatOn: z.optional(text),
    agentVersion: z.optional(text),
    sessions: z.optional(z.number()),
    error: z.optional(text),
    because: z.optional(text),
  }),
);

const RunTiming = of<explanations.RunTiming>()(
  z.object({
    createdOn: text,
    startedOn: z.nullable(text),
    completedOn: z.nullable(text),
    queueSeconds: seconds,
    executionSeconds: seconds,
    basis: z.enum(['durations', 'times']),
  }),
);

const FlowRunExplanation = of<explanations.FlowRunExplanation>()(
  z.object({
    flowSessionId: text,
    summary: text,
    statusCode: z.optional(z.int()),
    status: z.optional(status),
    flow: z.optional(z.object({ flowId: text, name: z.optional(text) })),
    error: z.optional(ExplainedError),
    failedAction: z.optional(LoggedAction),
    lastAction: z.optional(LoggedAction),
    log: ActionLog,
    queueEvents: z.optional(z.array(QueueEvent)),
    machine: z.optional(RobotsMachine),
    timing: z.optional(RunTiming),
    licenseCheck: z.optional(LicenseCheck),
    links: z.optional(PortalLinks),
    leftOut: z.optional(texts),
  }),
);

const RunDesktopFlowFailureDetails = of<results.RunDesktopFlowFailureDetails>()(
  z.object({
    ...z.partial(RunDesktopFlowResult).shape,
    attempts: z.array(FlowRunAttempt),
    origin: z.optional(z.enum(['desktopFlow', 'orchestrator'])),
    inDoubt: z.optional(z.boolean()),
    awaitsTurn: z.optional(z.boolean()),
    deadline: z.optional(deadline),
    errorCategory: z.optional(errorCategory),
    explanation: z.optional(FlowRunExplanation),
    problems: z.optional(z.array(FieldProblem)),
    dataverse: z.optional(DataverseAnswer),
    outputsSize: z.optional(count),
  }),
);

const itemFields = { index: count, workflowId: text, status: text, flowSessionId: z.optional(text) };

const BatchItemResult = of<batchResults.BatchItemResult>()(
  z.object({
    ...itemFields,
    outputs: z.optional(z.nullable(json)),
    outputsLeftOut: z.optional(z.literal(true)),
    message: z.optional(z.string().check(z.maxLength(500))),
    result: z.optional(z.unknown()),
  }),
);

const BatchFailure = of<batchResults.BatchFailure>()(
  z.object({ index: count, workflowId: text, type: text, message: text }),
);

const counts = { succeeded: count, failed: count, cancelled: count };

const RunDesktopFlowsResult = of<batchResults.RunDesktopFlowsResult>()(
  z.object({
    total: z.nullable(count),
    ...counts,
    failures: z.array(BatchFailure),
    results: z.optional(z.array(z.object(itemFields))),
  }),
);

const ResultsPage = of<batchResults.ResultsPage>()(
  z.object({ batch: text, runId: text, page: count, results: z.array(BatchItemResult) }),
);

const PageRequest = of<batchPages.PageRequest>()(z.object({ cursor: z.nullable(text), input: z.unknown() }));

const FlowSessionReference = of<messages.FlowSessionReference>()(z.object({ flowSessionId: text }));

const DesktopFlowRunView = of<messages.DesktopFlowRunView>()(
  z.object({
    phase: z.enum(['triggering', 'waiting', 'backingOff', 'fetchingOutputs', 'stopping', 'finished']),
    flowSessionId: z.nullable(text),
    statusCode: z.nullable(z.int()),
    status: z.nullable(status),
    attempt: z.int().check(z.gte(1)),
    nextPollAt: z.nullable(text),
    startedOn: z.optional(z.nullable(text)),
    looks: z.optional(z.int()),
  }),
);

const DesktopFlowBatchView = of<messages.DesktopFlowBatchView>()(
  z.object({
    phase: z.enum(['running', 'stopping', 'finished']),
    total: z.nullable(count),
    started: count,
    running: count,
    ...counts,
  }),
);

const watcher = z.optional(text);
const links = z.optional(PortalLinks);

const TriggerFlowRunResult = of<activities.TriggerFlowRunResult>()(
  z.object({
    flowSessionId: text,
    licenseCheck: z.optional(LicenseCheck),
    duplicates: z.optional(texts),
    searchAttributes: z.optional(z.literal(true)),
    watcher,
    result: z.optional(z.unknown()),
    links,
  }),
);

const GetFlowRunStatusResult = of<activities.GetFlowRunStatusResult>()(
  z.object({ ...attemptFields, watcher, links, result: z.optional(z.unknown()) }),
);

const GetFlowOutputsResult = of<activities.GetFlowOutputsResult>()(
  z.object({ outputs: z.nullable(json), result: z.optional(z.unknown()) }),
);

/** By the names of their types. */
export const RESULTS = {
  RunDesktopFlowResult,
  RunDesktopFlowFailureDetails,
  FlowRunAttempt,
  LicenseCheck,
  FieldProblem,
  DataverseAnswer,
  RunDesktopFlowsResult,
  BatchItemResult,
  BatchFailure,
  ResultsPage,
  PageRequest,
  FlowSessionReference,
  DesktopFlowRunView,
  DesktopFlowBatchView,
  TriggerFlowRunResult,
  GetFlowRunStatusResult,
  GetFlowOutputsResult,
  FlowRunExplanation,
  ExplainedError,
  LoggedAction,
  ActionLog,
  QueueEvent,
  RobotsMachine,
  RunTiming,
  PortalLinks,
};
