export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from 'temporal-power-automate/workflow';
