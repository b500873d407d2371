/** SANDBOX: how a workflow continues as new, whichever version of the worker it began with. */
import { makeContinueAsNewFunc, patched, type Workflow, workflowInfo } from '@temporalio/workflow';
import { PINNED_BATCHES_MOVE_ON } from './patches';

/** Goes on in a new history, with the version of the worker that is current, though it be pinned to another one. */
export function continueInNewHistory<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  return makeContinueAsNewFunc<F>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(...args);
}

/**
 * Whether another version of the worker is current than the one to which this execution is pinned. Not so where an operator
 * has pinned it by an override.
 */
export function isOutdated(): boolean {
  // Older workflows have stayed where the server told them so.
  return workflowInfo().targetWorkerDeploymentVersionChanged && patched(PINNED_BATCHES_MOVE_ON);
}
