/** HOST: starts the run of a command line, so that whoever reads the error knows whether it was started. */
import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../../common/input';
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import { DesktopFlows, type StartDesktopFlowOptions } from '../../service/desktop-flows';
import { isUnanswered } from '../../temporal/grpc-errors';
import type { Temporal } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

export function newWorkflowId(): string {
  return `desktop-flow-${randomUUID()}`;
}

interface StartRunOptions extends Pick<StartDesktopFlowOptions, 'workflowId' | 'workflowIdReusePolicy'> {
  /** Shown in Temporal's web UI. */
  label?: string;
}

export async function startRun(
  { client, taskQueue }: Temporal,
  input: RunDesktopFlowInput | AdoptFlowRunInput,
  { workflowId, label, ...options }: StartRunOptions,
): Promise<DesktopFlowRun> {
  try {
    return await new DesktopFlows(client, { taskQueue }).start(input, {
      workflowId,
      staticSummary: label,
      ...options,
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      throw new UsageError(
        `a workflow ${workflowId} is under way: nothing was started. Wait for it by desktop-flow watch ${workflowId}, or give another --workflow-id`,
      );
    }
    if (!isUnanswered(error)) throw error;
    throw new CommandError(
      `Temporal did not say whether the workflow ${workflowId} was started. Look by desktop-flow status ${workflowId}`,
      EXIT.outcomeUnknown,
    );
  }
}
