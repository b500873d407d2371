/** The workflows file of somebody who bundles them beforehand, for a worker with versions. */
import { declareVersioning } from '../../../src/workflow';

export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from '../../../src/workflow';

declareVersioning();
