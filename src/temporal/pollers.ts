/** HOST: which processes poll a task queue. The question is no billable action of Temporal Cloud. */
import type { ConnectionLike } from '@temporalio/client';
import { optionalTsToMs } from '@temporalio/common/lib/time';

export interface TaskQueueOfActivities {
  namespace: string;
  taskQueue: string;
}

/** Temporal's enum. */
export const TaskQueueType = { WORKFLOW: 1, ACTIVITY: 2 } as const;

export interface Poller {
  identity: string;
  /** By the server's clock, epoch milliseconds. */
  lastPolledAt: number | undefined;
}

/** Who has polled a task queue lately. */
export async function pollersOf(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  request: Parameters<ConnectionLike['workflowService']['describeTaskQueue']>[0],
): Promise<Poller[]> {
  const { pollers } = await workflowService.describeTaskQueue(request);
  return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    lastPolledAt: optionalTsToMs(lastAccessTime),
  }));
}

/**
 * A poll that finds nothing lasts a minute, and a worker polls again as soon as it was given something. So who has not
 * polled for longer is gone, and what it was given last is older than a minute.
 */
const GONE_AFTER_MS = 75_000;

/** Counts by their identities, which differ from process to process unless somebody sets them. */
export async function countPollers(
  connection: Pick<ConnectionLike, 'workflowService'>,
  { namespace, taskQueue }: TaskQueueOfActivities,
): Promise<number> {
  const pollers = await pollersOf(connection, {
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TaskQueueType.ACTIVITY,
  });
  const since = Date.now() - GONE_AFTER_MS;
  const recent = pollers.filter(({ lastPolledAt = 0 }) => lastPolledAt >= since);
  return new Set(recent.map(({ identity }) => identity)).size;
}
