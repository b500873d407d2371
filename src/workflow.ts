/**
 * SANDBOX: for workflow code: `export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from
 * 'temporal-power-automate/workflow'` registers the workflows.
 */
export type {
  CheckResultExpressionInput,
  DataverseTarget,
  EvaluateResultExpressionInput,
  ExplainFlowRunInput,
  FindFlowRunInput,
  FindFlowRunResult,
  FlowRunActivities,
  FlowSessionInput,
  GetFlowOutputsInput,
  GetFlowOutputsResult,
  GetFlowRunStatusInput,
  GetFlowRunStatusResult,
  LinkedResult,
  StatusExtras,
  TriggerFlowRunInput,
  TriggerFlowRunResult,
  WatchedResult,
} from './common/activities';
export type { Backoff, FlowRunRetryOptions, PollOptions } from './common/backoff';
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
  CollectFlowRunsInput,
  CollectFlowRunsResult,
  ResultsPage,
  RunDesktopFlowsResult,
} from './common/batch-result';
export type { RunErrorCategory } from './common/error-codes';
export type {
  ActionLog,
  ExplainedError,
  FlowRunExplanation,
  LoggedAction,
  QueueEvent,
  RobotsMachine,
  RunTiming,
} from './common/explanation';
export type { DataverseAnswer } from './common/failure-types';
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput, WaitOptions } from './common/input';
export type {
  BatchPhase,
  DesktopFlowBatchView,
  DesktopFlowRunView,
  FlowSessionReference,
  RunPhase,
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
export type { BadEnd, FlowRunStatus } from './common/status';
export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from './workflows';
export { type ExecuteDesktopFlowOptions, executeDesktopFlow } from './workflows/child';
export { type RunDesktopFlowOptions, runDesktopFlow } from './workflows/run/own-workflow';
export { enableStartsQueue } from './workflows/run/starts-queue';
export {
  awaitFlowSessionUpdate,
  desktopFlowBatchQuery,
  desktopFlowCompletedSignal,
  desktopFlowRunQuery,
} from './workflows/support/messages';
export { declareVersioning } from './workflows/versioning';
