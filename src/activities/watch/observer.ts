/**
 * HOST: observes the watchers of a task queue, so that one whose worker has died is taken over also by a process that has
 * handed it no robots: the one that was started in place of the dead one.
 */
import type { Client } from '@temporalio/client';
import { RecentlyUsed } from '../../common/recently-used';
import { WATCH_FLOW_RUNS } from '../../common/watch';
import { pause } from '../support/pause';
import { WatcherProgress } from './progress';

/** Between two questions which watchers there are. */
const LISTED_EVERY_MS = 30_000;

/** Besides those that run. */
const MOST_WATCHERS = 100;

/** Observes until the signal is aborted. Where Temporal is out of reach it goes on later. */
export async function observeWatchers(client: Client, taskQueue: string, until: AbortSignal): Promise<void> {
  const watchers = new RecentlyUsed<WatcherProgress>(MOST_WATCHERS, ({ isInUse }) => isInUse);
  const query = `WorkflowType = '${WATCH_FLOW_RUNS}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'`;
  while (!until.aborted) {
    try {
      for await (const { workflowId } of client.workflow.list({ query })) {
        watchers.get(workflowId, () => new WatcherProgress(client, workflowId)).observe();
      }
    } catch {
      // It may work next time.
    }
    await pause(LISTED_EVERY_MS, until);
  }
}
