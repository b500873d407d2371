/** HOST: how many robots of one connection are started a minute, by all workers together: kept by Temporal's server. */
import type { ConnectionLike } from '@temporalio/client';
import { startsQueueOf } from '../common/start-priority';

export interface LimitStartsOptions {
  /** @default 'default' */
  namespace?: string;
  /** The one that `RunDesktopFlow` runs on; the limit is that of the queue of its starts. */
  taskQueue: string;
  /** Starts a minute of each connection; 0 for no limit. */
  startsPerMinute: number;
}

const TASK_QUEUE_TYPE_ACTIVITY = 2;

/** It lasts until it is set again. @throws Temporal's error where the server does not know it, or refuses */
export async function limitStarts(
  { workflowService }: ConnectionLike,
  { namespace = 'default', taskQueue, startsPerMinute }: LimitStartsOptions,
): Promise<void> {
  const rateLimit = startsPerMinute === 0 ? null : { requestsPerSecond: startsPerMinute / 60 };
  await workflowService.updateTaskQueueConfig({
    namespace,
    taskQueue: startsQueueOf(taskQueue),
    taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
    updateFairnessKeyRateLimitDefault: {
      rateLimit,
      reason: 'Desktop flow starts a minute of one connection',
    },
  });
}
