/** SANDBOX: `RunDesktopFlow` as a child of one's own workflow. */
import {
  ChildWorkflowCancellationType,
  type ChildWorkflowOptions,
  executeChild,
  ParentClosePolicy,
} from '@temporalio/workflow';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../common/input';
import { RUN_DESKTOP_FLOW } from '../common/messages';
import type { RunDesktopFlowResult } from '../common/result';
import type { runDesktopFlow } from './run/run-desktop-flow';

/** Options of the child workflow, except its arguments. */
export type ExecuteDesktopFlowOptions = Omit<ChildWorkflowOptions, 'args'>;

/**
 * Runs a desktop flow as a child workflow, and waits for it. A cancellation waits until the robot is stopped, and a parent
 * that ends otherwise has it stopped too, unless the options say something else.
 *
 * @throws ChildWorkflowFailure, whose cause is an ApplicationFailure with a type of `failureTypes`.
 */
export async function executeDesktopFlow<Outputs = Record<string, unknown>>(
  input: RunDesktopFlowInput | AdoptFlowRunInput,
  options: ExecuteDesktopFlowOptions = {},
): Promise<RunDesktopFlowResult<Outputs>> {
  const result = await executeChild<typeof runDesktopFlow>(RUN_DESKTOP_FLOW, {
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    ...options,
    args: [input],
  });
  return result as RunDesktopFlowResult<Outputs>;
}
