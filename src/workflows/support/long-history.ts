/** SANDBOX: decides when a workflow continues as new. */
import { workflowInfo } from '@temporalio/workflow';

/** @param events the length that counts as long, whatever the server suggests: a shorter history replays faster. */
export function hasLongHistory(events: number): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength >= events;
}
