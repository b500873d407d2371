/** SANDBOX: when a workflow continues as new. */
import { workflowInfo } from '@temporalio/workflow';

/** @param events from this length on, whatever the server suggests: a shorter history is replayed faster. */
export function hasLongHistory(events: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= events;
}
