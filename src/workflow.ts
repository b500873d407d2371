/** SANDBOX: for workflow code: `export { RunDesktopFlow } from 'temporal-power-automate/workflow'` registers it; `WatchFlowRuns` beside it for shared polling. */
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
export type { AdoptFlowRunInput, RobotsFate, RunDesktopFlowInput } from './common/input';
export type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from './common/result';
export { RunDesktopFlow, WatchFlowRuns } from './workflows';
export {
  awaitFlowSessionUpdate,
  desktopFlowCompletedSignal,
  desktopFlowRunQuery,
} from './workflows/messages';
export { enableStartsQueue } from './workflows/starts-queue';
