/** HOST: runs a worker together with all that it needs beside it, from its start to its end. */
import { type Client, IllegalStateError } from '@temporalio/client';
import { type Logger, Runtime, type Worker } from '@temporalio/worker';
import type { createActivities } from '../activities';
import { colleaguesOf } from '../activities/starts/colleagues';
import { observeWatchers } from '../activities/watch/observer';
import { messageOf } from '../common/message-of';
import { NO_CALLBACK_BASE_URL } from '../common/schema/urls';
import { packageVersion } from '../config/package-version';
import { authenticationName } from '../dataverse';
import { measureProcess } from '../metrics/process-metrics';
import { liftServersLimit } from '../temporal/starts-limit';
import { receiveCallbacks } from '../worker/callback-receiver';
import { closingAfter } from '../worker/closing';
import { tellHealth } from './health';
import type { PluginSettings } from './options';
import { createStartsWorker } from './starts-worker';

const WITHOUT_KEYS =
  'CALLBACK_BASE_URL is off, so no key travels with triggers: where the answer to one is lost, its robot can seldom be told from others, and the run mostly ends as TriggerOutcomeUnknown. Leave the variable out for a URL that is never called';

/** Between two attempts to shut down a worker that has not begun to run. */
const NOT_RUNNING_YET_MS = 50;

export interface Company {
  settings: PluginSettings;
  activities: ReturnType<typeof createActivities>;
  hasWorkflows: boolean;
  /** Aborted when the worker begins to shut down. */
  stopping: AbortController;
}

/** Ends when all have ended: the end of one, in order or not, is the end of all. */
export async function runTogether(
  worker: Worker,
  company: Company,
  run: (worker: Worker) => Promise<void>,
): Promise<void> {
  abortAtShutdown(worker, company.stopping);
  let isOver = false;
  const main = run(worker).finally(() => {
    isOver = true;
    company.stopping.abort();
  });
  const companions = runCompanions(worker, company, main).catch((error: unknown) => {
    // It runs already, so that it can be closed: a worker that never ran would hold its connection.
    shutDown(worker, () => isOver);
    throw error;
  });
  const ends = await Promise.allSettled([main, companions]);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

async function runCompanions(
  worker: Worker,
  { settings, activities, hasWorkflows, stopping: { signal } }: Company,
  main: Promise<void>,
): Promise<void> {
  const { logger, metricMeter } = Runtime.instance();
  const { client } = worker;
  if (client === undefined) throw new IllegalStateError('A worker that runs has a client');
  const { taskQueue, namespace } = worker.options;
  await closingAfter(async (closeLater) => {
    const endMeasuring = measureProcess(metricMeter, settings);
    closeLater(async () => endMeasuring());
    let starts: Worker | undefined;
    const workers = { main: worker, starts: () => starts, hasWorkflows, stopping: signal };
    const health = await tellHealth(settings, client, workers);
    if (health) closeLater(() => health.close());
    starts = await createStartsWorker(worker, activities);
    const startsRun = starts.run();
    startsRun.catch(() => undefined);
    // Others know of this process from now on, though its first start may be made much later. On either queue: workflows of the
    // user's own may start robots on the worker's.
    for (const { options } of [worker, starts]) colleaguesOf(options);
    const endStarts = shutDown.bind(undefined, starts);
    closeLater(async () => {
      endStarts();
      await startsRun;
    });
    signal.addEventListener('abort', () => endStarts(), { once: true });
    if (signal.aborted) return;
    const receiver = await receiveCallbacks(settings, client, logger, metricMeter);
    if (receiver) closeLater(() => receiver.close());
    await liftOrWarn(client, { taskQueue, namespace }, logger);
    const { organizationUri, credentials, callbackBaseUrl, startsPerMinute } = settings;
    if (callbackBaseUrl === NO_CALLBACK_BASE_URL) logger.warn(WITHOUT_KEYS);
    logger.info('The worker is ready', {
      version: packageVersion(),
      ...deploymentOf(worker),
      taskQueue,
      organizationUri,
      callbackBaseUrl,
      callbackPort: receiver?.port,
      startsPerMinute,
      authentication: credentials ? authenticationName(credentials) : 'named by each input',
    });
    observeWatchers(client, taskQueue, signal);
    await startsRun;
    // It has activities under way that callbacks may hurry.
    await main.catch(() => undefined);
  });
}

/** The SDK tells of a shutdown only when its grace time is over. A signal of the process comes this way too. */
function abortAtShutdown(worker: Worker, stopping: AbortController): void {
  const shutdown = worker.shutdown.bind(worker);
  worker.shutdown = () => {
    stopping.abort();
    shutdown();
  };
}

/** @param isOver whether its run has ended, perhaps before it began: another plugin may have refused it. */
function shutDown(worker: Worker, isOver = () => false): void {
  const state = worker.getState();
  if (state === 'RUNNING') worker.shutdown();
  if (state === 'INITIALIZED' && !isOver()) setTimeout(shutDown, NOT_RUNNING_YET_MS, worker, isOver);
}

/** Which version the worker is to Temporal, where that has a say in what it is given. */
function deploymentOf({ options }: Worker): { deploymentName?: string; buildId?: string } {
  const { useWorkerVersioning, version } = options.workerDeploymentOptions ?? {};
  return useWorkerVersioning ? { ...version } : {};
}

/** A worker whose starts wait is better than no worker. */
async function liftOrWarn(
  { connection }: Client,
  queue: { taskQueue: string; namespace: string },
  logger: Logger,
): Promise<void> {
  try {
    await liftServersLimit(connection, queue);
  } catch (error) {
    logger.warn(
      'Temporal did not say whether an older worker has set a limit of starts, or did not take it away. Starts that come together may wait for each other',
      { why: messageOf(error) },
    );
  }
}
