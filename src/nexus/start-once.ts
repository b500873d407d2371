/** HOST: starts the workflow of an operation, once however often Temporal tries the start. */
import { WorkflowExecutionAlreadyStartedError, WorkflowIdReusePolicy } from '@temporalio/common';
import { startWorkflow, type WorkflowHandle } from '@temporalio/nexus';
import { HandlerError, type StartOperationContext } from 'nexus-rpc';
import type { OperationInput } from './operation-input';

/**
 * Temporal gives every try of one operation the same request id, and answers a repeated start with the run that it has
 * started before. The id made of it holds where that run has continued as new: it is never used again.
 */
export async function startOnce<Result>(
  context: StartOperationContext,
  workflowType: string,
  { workflowId, workflowInput }: OperationInput,
): Promise<WorkflowHandle<Result>> {
  const id = workflowId ?? `${workflowType}-${context.requestId}`;
  try {
    return await startWorkflow<(input: unknown) => Promise<Result>>(context, workflowType, {
      workflowId: id,
      args: [workflowInput],
      ...(workflowId === undefined && { workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE }),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const message = `Nothing was started: there is a workflow '${id}' already`;
    throw new HandlerError('CONFLICT', message, { cause: error, retryableOverride: false });
  }
}
