/** SANDBOX: whether an operator has reset this execution. */
import { workflowInfo } from '@temporalio/workflow';

/** The run id that this execution had before its first reset. A server that does not tell knows of no reset either. */
export function originalRunId(): string {
  const { runId, originalExecutionRunId } = workflowInfo();
  return originalExecutionRunId || runId;
}

/** True in the replay of what was before the reset, too: it must not decide alone which commands come. */
export function wasReset(): boolean {
  return originalRunId() !== workflowInfo().runId;
}
