/** HOST: how many worker processes ask a task queue for activities. The question is no billable action of Temporal Cloud. */
import type { ConnectionLike } from '@temporalio/client';

export interface TaskQueueOfActivities {
  namespace: string;
  taskQueue: string;
}

const TASK_QUEUE_TYPE_ACTIVITY = 2;

/**
 * A poll that finds nothing lasts a minute, and a worker polls again as soon as it was given something. So who has not
 * polled for longer is gone, and what it was given last is older than a minute.
 */
const GONE_AFTER_MS = 75_000;

/** Counts by their identities, which differ from process to process unless somebody sets them. */
export async function countPollers(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  { namespace, taskQueue }: TaskQueueOfActivities,
): Promise<number> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TASK_QUEUE_TYPE_ACTIVITY,
  });
  const since = Date.now() - GONE_AFTER_MS;
  const recent = (pollers ?? []).filter(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since,
  );
  return new Set(recent.map(({ identity }) => identity)).size;
}
