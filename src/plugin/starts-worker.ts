/** HOST: the second worker beside one that has the plugin: it starts robots, and does nothing else. */
import { Worker } from '@temporalio/worker';
import { startsQueueOf } from '../common/start-priority';
import { packageVersion } from '../config/package-version';
import { STARTS_DEPLOYMENT } from '../temporal/pollers';

/**
 * A start whose answer was lost waits a minute or two for its robot to appear, and one that hangs waits for its
 * time-out. The number is high, so that starts of one organization in trouble do not hold up the others; each costs a
 * promise and a timer.
 */
const CONCURRENT_STARTS = 500;

type Activities = Record<'triggerFlowRun', (...args: never[]) => Promise<unknown>>;

/** Its options are those of `worker`, as far as they have to do with single activities. */
export function createStartsWorker(worker: Worker, { triggerFlowRun }: Activities): Promise<Worker> {
  const { connection, namespace, taskQueue, identity, dataConverter, interceptors } = worker.options;
  const { shutdownGraceTimeMs: shutdownGraceTime, shutdownForceTimeMs: shutdownForceTime } = worker.options;
  const version = packageVersion();
  return Worker.create({
    ...(connection && { connection }),
    namespace,
    taskQueue: startsQueueOf(taskQueue),
    identity,
    ...(dataConverter && { dataConverter }),
    interceptors: { client: interceptors.client, activity: interceptors.activity },
    shutdownGraceTime,
    ...(shutdownForceTime !== undefined && { shutdownForceTime }),
    activities: { triggerFlowRun },
    maxConcurrentActivityTaskExecutions: CONCURRENT_STARTS,
    // Tells its version to who asks for the pollers of its queue; versions of workflows are not its business.
    ...(version !== undefined && {
      workerDeploymentOptions: {
        version: { deploymentName: STARTS_DEPLOYMENT, buildId: version },
        useWorkerVersioning: false,
      },
    }),
  });
}
