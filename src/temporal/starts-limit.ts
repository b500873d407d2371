/**
 * HOST: the limit of starts that older versions have Temporal's server keep. It hands starts out at even intervals, so that a
 * few that come together have to wait. Now the activities keep the limit (`src/activities/starts`), and the server's is
 * taken away.
 */
import type { ConnectionLike } from '@temporalio/client';
import { startsQueueOf } from '../common/start-priority';
import { isUnimplemented } from './grpc-errors';
import { type TaskQueueOfActivities, TaskQueueType } from './pollers';

export interface LimitStartsOptions {
  /** @default 'default' */
  namespace?: string;
  /** The task queue that `RunDesktopFlow` runs on. The limit applies to the queue of its starts. */
  taskQueue: string;
  /** Starts a minute of each connection; 0 for no limit. */
  startsPerMinute: number;
}

/** Those of this process, by namespace and task queue. */
const limits = new Map<string, number>();

/** The limit that `limitStarts` has set in this process. */
export function startsLimitOf({ namespace, taskQueue }: TaskQueueOfActivities): number | undefined {
  return limits.get(JSON.stringify([namespace, taskQueue]));
}

/**
 * Sets the limit for the activities of this process, whatever they were created with, and takes away that of the server.
 * @deprecated Give `createActivities` the option `startsPerMinute`, as `readConfig` returns it.
 * @throws Temporal's error where the server refuses
 */
export async function limitStarts(
  connection: ConnectionLike,
  { namespace = 'default', taskQueue, startsPerMinute }: LimitStartsOptions,
): Promise<void> {
  limits.set(JSON.stringify([namespace, startsQueueOf(taskQueue)]), startsPerMinute);
  await liftServersLimit(connection, { namespace, taskQueue });
}

/** @param queue the one that `RunDesktopFlow` runs on. @throws Temporal's error where the server refuses */
export async function liftServersLimit(
  { workflowService }: ConnectionLike,
  { namespace, taskQueue }: TaskQueueOfActivities,
): Promise<void> {
  const queue = startsQueueOf(taskQueue);
  const { config } = await workflowService
    .describeTaskQueue({
      namespace,
      taskQueue: { name: queue },
      taskQueueType: TaskQueueType.ACTIVITY,
      reportConfig: true,
    })
    .catch((error: unknown) => {
      if (isUnimplemented(error)) return { config: undefined };
      throw error;
    });
  // A server that knows no such limits has none either.
  if (!config?.fairnessKeysRateLimitDefault?.rateLimit) return;
  await workflowService.updateTaskQueueConfig({
    namespace,
    taskQueue: queue,
    taskQueueType: TaskQueueType.ACTIVITY,
    updateFairnessKeyRateLimitDefault: {
      rateLimit: null,
      reason: 'The workers limit the desktop flow starts of a connection by themselves',
    },
  });
}
