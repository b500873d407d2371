/** HOST: limits the starts of one connection a minute, over all workers together. Temporal's server keeps the limit. */
import type { ConnectionLike } from '@temporalio/client';
import { startsQueueOf } from '../common/start-priority';

export interface LimitStartsOptions {
  /** @default 'default' */
  namespace?: string;
  /** The task queue that `RunDesktopFlow` runs on. The limit applies to the queue of its starts. */
  taskQueue: string;
  /** Starts a minute of each connection; 0 for no limit. */
  startsPerMinute: number;
}

const TASK_QUEUE_TYPE_ACTIVITY = 2;

/** Sets the limit, which lasts until it is set again. @throws Temporal's error where the server refuses */
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
