/** SANDBOX: makes a watcher forget robots. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { forgetWatchedSignal } from '../support/messages';

/** Asks a watcher to forget robots. Ignores a failure: a watcher that is over watches nothing. */
export async function forgetAt(watcher: string, flowSessionIds: string[]): Promise<void> {
  await getExternalWorkflowHandle(watcher)
    .signal(forgetWatchedSignal, flowSessionIds)
    .catch(() => undefined);
}
