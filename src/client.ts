/** SHARED: for services that start `RunDesktopFlow` or `RunDesktopFlows` and read the result or the failure. Types and names alone. */

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
export * as failureTypes from './common/failure-types';
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput } from './common/input';
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
export type {
  Deadline,
  FlowRunAttempt,
  LicenseCheck,
  RunDesktopFlowFailureDetails,
  RunDesktopFlowResult,
} from './common/result';
export { BAD_ENDS, type BadEnd, FLOW_RUN_STATUSES, type FlowRunStatus } from './common/status';
