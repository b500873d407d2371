/**
 * SANDBOX: decides whether starts go to a separate task queue, where Temporal limits them. Off unless switched on: if
 * no worker serves that queue, every start stays there.
 */
import { type ActivityOptions, workflowInfo } from '@temporalio/workflow';
import type { ParsedStartInput } from '../../common/input';
import { startPriority, startsQueueOf } from '../../common/start-priority';

let isEnabled = false;

/**
 * Sends the starts of `RunDesktopFlow` to the task queue `<task queue>-starts`. Call this where the workflows of a
 * worker are exported, never in a workflow, and only if a worker serves that queue with `triggerFlowRun`.
 */
export function enableStartsQueue(): void {
  isEnabled = true;
}

/** Returns options of the activity that starts a robot. A replay does not compare them, so old histories stay valid. */
export function startOptions(input: ParsedStartInput): Pick<ActivityOptions, 'taskQueue' | 'priority'> {
  if (!isEnabled) return {};
  return { taskQueue: startsQueueOf(workflowInfo().taskQueue), priority: startPriority(input) };
}
