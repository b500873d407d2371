/** HOST: the two Temporal workers of the worker process: one for everything, one for starts only. */
import path from 'node:path';
import { type NativeConnection, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import { startsQueueOf } from '../common/start-priority';
import type { Config } from '../config/config';
import { environmentSecrets } from '../config/secrets';
import { tellForeignEncodings } from './foreign-encodings';

/** Longer than the longest HTTP request: a trigger in flight gets its answer before the worker goes. */
const SHUTDOWN_GRACE = '90s';

/**
 * A start whose answer was lost waits a minute or two for its robot to appear, and one that hangs waits for its
 * time-out. The number is high, so that starts of one organization in trouble do not hold up the others; each costs a
 * promise and a timer.
 */
const CONCURRENT_STARTS = 500;

/** More than organizations and credentials together: each has a watch, which keeps its place for half an hour. */
const CONCURRENT_ACTIVITIES = 500;

export async function createWorkers(
  config: Config,
  connection: NativeConnection,
  logger: Logger,
  shutdownSignal: AbortSignal,
): Promise<Worker[]> {
  const { taskQueue, maxActivitiesPerSecond, cachedWorkflows, namespace } = config;
  const activities = createActivities({
    ...config,
    watcherTaskQueue: taskQueue,
    secrets: environmentSecrets(process.env, { allow: config.allowedSecrets }),
    shutdownSignal,
  });
  const both = {
    connection,
    namespace,
    shutdownGraceTime: SHUTDOWN_GRACE,
    dataConverter: { payloadCodecs: [tellForeignEncodings(logger)] },
  };
  const everything = await Worker.create({
    ...both,
    taskQueue,
    workflowBundle: { codePath: path.join(__dirname, '..', 'workflow-bundle.js') },
    activities,
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxTaskQueueActivitiesPerSecond: maxActivitiesPerSecond,
    maxCachedWorkflows: cachedWorkflows,
  });
  const starts = await Worker.create({
    ...both,
    taskQueue: startsQueueOf(taskQueue),
    activities: { triggerFlowRun: activities.triggerFlowRun },
    maxConcurrentActivityTaskExecutions: CONCURRENT_STARTS,
  });
  return [everything, starts];
}

/**
 * Runs until all have ended: a signal ends all of them, and when one fails, the others are shut down.
 * @param stop is called as soon as the first has ended.
 */
export async function runTogether(workers: readonly Worker[], stop: () => void): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } finally {
        stop();
        for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
      }
    }),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
