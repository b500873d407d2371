/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { observeWatchers } from './activities/watch/observer';
import { messageOf } from './common/message-of';
import { NO_CALLBACK_BASE_URL } from './common/schema/urls';
import { type Config, ConfigError, readConfig, secretsOf } from './config/config';
import { connectToTemporal } from './temporal/connection';
import type { TaskQueueOfActivities } from './temporal/pollers';
import { liftServersLimit } from './temporal/starts-limit';
import { receiveCallbacks } from './worker/callback-receiver';
import { closingAfter } from './worker/closing';
import { keepHeapsSmall } from './worker/heap';
import { createLogger, toTemporalLogger } from './worker/logger';
import { createWorkers, runTogether } from './worker/workers';

const WITHOUT_KEYS =
  'CALLBACK_BASE_URL is off, so no key travels with triggers: where the answer to one is lost, its robot can seldom be told from others, and the run mostly ends as TriggerOutcomeUnknown. Leave the variable out for a URL that is never called';

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

async function run(): Promise<void> {
  keepHeapsSmall();
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: [...SHUTDOWN_SIGNALS],
    // Also takes the lines of the native core, so that every line is JSON without secrets.
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
  await closingAfter((closeLater) => work(config, logger, closeLater));
}

async function work(
  config: Config,
  logger: Logger,
  closeLater: (close: () => Promise<void>) => void,
): Promise<void> {
  const { organizationUri, credentials, callbackBaseUrl, taskQueue, startsPerMinute, temporal, namespace } =
    config;
  const connection = await connectToTemporal(temporal, (options) => NativeConnection.connect(options));
  closeLater(() => connection.close());
  // Starts before the workers, which cannot be closed unless they have run.
  const client = new Client({ connection, namespace });
  const receiver = await receiveCallbacks(config, client, logger);
  if (receiver) closeLater(() => receiver.close());
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, stop);
  const workers = await createWorkers(config, connection, logger, stopping.signal);
  if (callbackBaseUrl === NO_CALLBACK_BASE_URL) logger.warn(WITHOUT_KEYS);
  await liftOrWarn(connection, { namespace, taskQueue }, logger);
  logger.info(
    {
      taskQueue,
      organizationUri,
      callbackBaseUrl,
      callbackPort: receiver?.port,
      startsPerMinute,
      authentication: credentials?.type ?? 'named by each input',
    },
    'The worker is ready',
  );
  observeWatchers(client, taskQueue, stopping.signal);
  await runTogether(workers, stop);
}

/** A worker whose starts wait is better than no worker. */
async function liftOrWarn(
  connection: NativeConnection,
  queue: TaskQueueOfActivities,
  logger: Logger,
): Promise<void> {
  try {
    await liftServersLimit(connection, queue);
  } catch (error) {
    logger.warn(
      { why: messageOf(error) },
      'Temporal did not say whether an older worker has set a limit of starts, or did not take it away. Starts that come together may wait for each other',
    );
  }
}

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  // Not `exitCode`: the threads of workers that were created and never ran would keep the process for ever.
  process.exit(1);
});
