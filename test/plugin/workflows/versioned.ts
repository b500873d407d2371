/** The workflows file of somebody whose worker has versions, and who wants batches otherwise than we do. */
import { setWorkflowOptions } from '@temporalio/workflow';
import { type RunDesktopFlowInput, RunDesktopFlows, runDesktopFlow } from '../../../src/workflow';

export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from '../../../src/workflow';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, RunDesktopFlows);

export async function payInvoice(input: RunDesktopFlowInput): Promise<unknown> {
  return runDesktopFlow(input);
}
