/** SHARED: for services that start `RunDesktopFlow` and read its result or its failure. Types and names alone. */

export {
  explainRunError,
  RUN_ERROR_CODES,
  type RunErrorCategory,
  type RunErrorCode,
} from './common/error-codes';
export * as failureTypes from './common/failures';
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput } from './common/input';
export {
  AWAIT_FLOW_SESSION,
  DEFAULT_TASK_QUEUE,
  DESKTOP_FLOW_COMPLETED,
  DESKTOP_FLOW_RUN,
  type DesktopFlowRunView,
  type FlowSessionReference,
  RUN_DESKTOP_FLOW,
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
