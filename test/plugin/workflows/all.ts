/** The workflows file of somebody who uses the plugin. */
export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from '../../../src/workflow';
