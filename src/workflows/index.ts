/** SANDBOX: the workflows of the bundle. The names of these exports are the workflow types on the wire. */
export { runDesktopFlow as RunDesktopFlow } from './run-desktop-flow';
export { runDesktopFlows as RunDesktopFlows } from './run-desktop-flows';
export { watchFlowRuns as WatchFlowRuns } from './watch-flow-runs';
