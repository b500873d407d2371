/** SANDBOX: takes robots out of a watcher's hands. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { forgetWatchedSignal } from '../support/messages';

/** A watcher that is over watches nothing. */
export async function forgetAt(watcher: string, flowSessionIds: string[]): Promise<void> {
  await getExternalWorkflowHandle(watcher)
    .signal(forgetWatchedSignal, flowSessionIds)
    .catch(() => undefined);
}
