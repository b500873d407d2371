/**
 * SANDBOX: whether starts go to a task queue of their own, where Temporal limits them. Off unless it is switched on: a
 * worker that does not serve that queue would leave every start there.
 */
import { type ActivityOptions, workflowInfo } from '@temporalio/workflow';
import type { ParsedStartInput } from '../../common/input';
import { startPriority, startsQueueOf } from '../../common/start-priority';

let isEnabled = false;

/**
 * Sends the starts of `RunDesktopFlow` to the task queue `<task queue>-starts`. To be called where the workflows of a
 * worker are exported, never by a workflow, and only where a worker serves that queue with `triggerFlowRun`.
 */
export function enableStartsQueue(): void {
  isEnabled = true;
}

/** Of the activity that starts a robot. A replay does not compare them, so old histories stay good. */
export function startOptions(input: ParsedStartInput): Pick<ActivityOptions, 'taskQueue' | 'priority'> {
  if (!isEnabled) return {};
  return { taskQueue: startsQueueOf(workflowInfo().taskQueue), priority: startPriority(input) };
}
