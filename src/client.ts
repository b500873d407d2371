/**
 * SHARED: for services that start `RunDesktopFlow` or `RunDesktopFlows` and read the result or the failure. A typed client,
 * types, names on the wire, and the tables of statuses and error codes with the functions that look a code up in them.
 */

export type { DataverseTarget, TriggerFlowRunInput } from './common/activities';
export type { FlowRunRetryOptions, PollOptions } from './common/backoff';
export type {
  BatchItem,
  OwnActivity,
  Page,
  PageRequest,
  PagesOptions,
  ResultsOptions,
  RunDesktopFlowsInput,
} from './common/batch';
export type {
  BatchFailure,
  BatchItemResult,
  ResultsPage,
  RunDesktopFlowsResult,
} from './common/batch-result';
export {
  explainRunError,
  RUN_ERROR_CODES,
  type RunErrorCategory,
  type RunErrorCode,
} from './common/error-codes';
export type {
  ActionLog,
  ExplainedError,
  FlowRunExplanation,
  LoggedAction,
  QueueEvent,
  RobotsMachine,
  RunTiming,
} from './common/explanation';
export type { DataverseAnswer, FailureType } from './common/failure-types';
export * as failureTypes from './common/failure-types';
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput, WaitOptions } from './common/input';
export {
  AWAIT_FLOW_SESSION,
  type BatchPhase,
  DEFAULT_TASK_QUEUE,
  DESKTOP_FLOW_BATCH,
  DESKTOP_FLOW_COMPLETED,
  DESKTOP_FLOW_RUN,
  type DesktopFlowBatchView,
  type DesktopFlowRunView,
  type FlowSessionReference,
  RUN_DESKTOP_FLOW,
  RUN_DESKTOP_FLOWS,
  type RunPhase,
} from './common/messages';
export {
  desktopFlowsService,
  type NexusWorkflowId,
  type RunDesktopFlowOperationInput,
  type RunDesktopFlowsOperationInput,
} from './common/nexus-service';
export type { PortalLinks } from './common/portal-links';
export type {
  Deadline,
  ExpressionResult,
  FlowRunAttempt,
  LicenseCheck,
  RunDesktopFlowFailureDetails,
  RunDesktopFlowResult,
} from './common/result';
export type { Authentication } from './common/schema/fields';
export type { FieldProblem } from './common/schema/parse';
export { BAD_ENDS, type BadEnd, FLOW_RUN_STATUSES, type FlowRunStatus } from './common/status';
export { DesktopFlowRun } from './service/desktop-flow-run';
export {
  DesktopFlows,
  type DesktopFlowsOptions,
  type StartDesktopFlowOptions,
} from './service/desktop-flows';
export type { DesktopFlowOutcome } from './service/outcome';
