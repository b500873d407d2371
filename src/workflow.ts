/**
 * SANDBOX: for workflow code: `export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from
 * 'temporal-power-automate/workflow'` registers the workflows.
 */
export type {
  DataverseTarget,
  FindFlowRunInput,
  FindFlowRunResult,
  FlowRunActivities,
  FlowSessionInput,
  GetFlowOutputsResult,
  TriggerFlowRunInput,
  TriggerFlowRunResult,
} from './common/activities';
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
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput } from './common/input';
export type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from './common/result';
export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from './workflows';
export { enableStartsQueue } from './workflows/run/starts-queue';
export {
  awaitFlowSessionUpdate,
  desktopFlowBatchQuery,
  desktopFlowCompletedSignal,
  desktopFlowRunQuery,
} from './workflows/support/messages';
