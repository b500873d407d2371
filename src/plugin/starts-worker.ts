/** HOST: the second worker beside one that has the plugin: it starts robots, and does nothing else. */
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { wantedStartsOf } from '../activities/starts/wanted-starts';
import { startsQueueOf } from '../common/start-priority';
import { packageVersion } from '../config/package-version';
import { STARTS_DEPLOYMENT } from '../temporal/pollers';
import { StartsSlots, tunerOf } from './starts-slots';

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
  const startsQueue = startsQueueOf(taskQueue);
  const wanted = wantedStartsOf({ namespace, taskQueue: startsQueue });
  return Worker.create({
    ...(connection && { connection }),
    namespace,
    taskQueue: startsQueue,
    identity,
    ...(dataConverter && { dataConverter }),
    interceptors: { client: interceptors.client, activity: interceptors.activity },
    shutdownGraceTime,
    ...(shutdownForceTime !== undefined && { shutdownForceTime }),
    activities: { triggerFlowRun },
    tuner: tunerOf(new StartsSlots(CONCURRENT_STARTS, wanted)),
    ...versionBeside(worker.options.workerDeploymentOptions),
  });
}

/**
 * A worker with versions has its starts made by its own version: one that is not current yet, or no longer, starts no robots of
 * others. Otherwise it tells the version of this package to who asks for the pollers of its queue.
 */
function versionBeside(main: WorkerOptions['workerDeploymentOptions']): Partial<WorkerOptions> {
  if (main?.useWorkerVersioning) return { workerDeploymentOptions: main };
  const version = packageVersion();
  if (version === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: { deploymentName: STARTS_DEPLOYMENT, buildId: version },
      useWorkerVersioning: false,
    },
  };
}
