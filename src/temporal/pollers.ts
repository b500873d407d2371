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
  /** Of its SDK and its workflows. */
  buildId: string | undefined;
  /** Of this package, where it is the worker of starts. */
  version: string | undefined;
  /** Of which worker deployment it is a version, by its `buildId`, where Temporal decides by versions what it is given. */
  deploymentName: string | undefined;
}

/** Temporal's enum `WorkerVersioningMode`. */
const VERSIONED = 2;

/** The name under which the worker of starts tells the version of this package. */
export const STARTS_DEPLOYMENT = 'temporal-power-automate';

type WorkflowService = ConnectionLike['workflowService'];
type DescribeTaskQueue = Parameters<WorkflowService['describeTaskQueue']>[0];
type PollerInfo = Awaited<ReturnType<WorkflowService['describeTaskQueue']>>['pollers'][number];

/** Who has polled a task queue lately, as far as its first partition knows. */
export async function pollersOf(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  request: DescribeTaskQueue,
): Promise<Poller[]> {
  const { pollers } = await workflowService.describeTaskQueue(request);
  return pollersFrom(pollers);
}

function pollersFrom(pollers: readonly PollerInfo[] | null | undefined): Poller[] {
  return (pollers ?? []).map(
    ({ identity, lastAccessTime, workerVersionCapabilities, deploymentOptions }) => ({
      identity: identity ?? '',
      lastPolledAt: optionalTsToMs(lastAccessTime),
      buildId: workerVersionCapabilities?.buildId || undefined,
      version:
        deploymentOptions?.deploymentName === STARTS_DEPLOYMENT
          ? deploymentOptions.buildId || undefined
          : undefined,
      deploymentName:
        deploymentOptions?.workerVersioningMode === VERSIONED
          ? deploymentOptions.deploymentName || undefined
          : undefined,
    }),
  );
}

/**
 * A poll that finds nothing lasts a minute, and a worker polls again as soon as it was given something. So who has not
 * polled for longer is gone, and what it was given last is older than a minute.
 */
const GONE_AFTER_MS = 75_000;

export interface TaskQueueOfType extends TaskQueueOfActivities {
  taskQueueType: number;
}

/**
 * Who polls a task queue, each once, without those that are gone. A task queue has several partitions, and the plain question is
 * answered by the first of them alone, which a worker's polls may miss for a minute. So the question that is put to all of them
 * is asked too; an older server knows only the plain one.
 */
export async function recentPollers(
  connection: Pick<ConnectionLike, 'workflowService'>,
  { namespace, taskQueue: name, taskQueueType }: TaskQueueOfType,
): Promise<Poller[]> {
  const taskQueue = { name };
  const [first, all] = await Promise.all([
    pollersOf(connection, { namespace, taskQueue, taskQueueType }),
    pollersOfAllPartitions(connection, { namespace, taskQueue, taskQueueTypes: [taskQueueType] }),
  ]);
  const since = Date.now() - GONE_AFTER_MS;
  const recent = [...all, ...first].filter(({ lastPolledAt = 0 }) => lastPolledAt >= since);
  return [...new Map(recent.map((poller) => [poller.identity, poller])).values()];
}

/** Counts by their identities, which differ from process to process unless somebody sets them. */
export async function countPollers(
  connection: Pick<ConnectionLike, 'workflowService'>,
  queue: TaskQueueOfActivities,
): Promise<number> {
  const pollers = await recentPollers(connection, { ...queue, taskQueueType: TaskQueueType.ACTIVITY });
  return pollers.length;
}

/** Temporal's enum `DescribeTaskQueueMode`. */
const ENHANCED = 1;

async function pollersOfAllPartitions(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  request: DescribeTaskQueue,
): Promise<Poller[]> {
  const { versionsInfo } = await workflowService.describeTaskQueue({
    ...request,
    apiMode: ENHANCED,
    reportPollers: true,
    versions: { unversioned: true, allActive: true },
  });
  return Object.values(versionsInfo ?? {})
    .flatMap(({ typesInfo }) => Object.values(typesInfo ?? {}))
    .flatMap(({ pollers }) => pollersFrom(pollers));
}
