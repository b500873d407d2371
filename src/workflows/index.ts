/** SANDBOX: the workflows of the bundle. The names of these exports are the workflow types on the wire. */

export { runDesktopFlows as RunDesktopFlows } from './batch/run-desktop-flows';
export { runDesktopFlow as RunDesktopFlow } from './run/run-desktop-flow';
export { watchFlowRuns as WatchFlowRuns } from './watch/watch-flow-runs';
