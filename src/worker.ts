/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { messageOf } from './common/message-of';
import { type Config, ConfigError, readConfig, secretsOf } from './config/config';
import { connectToTemporal } from './temporal/connection';
import { type LimitStartsOptions, limitStarts } from './temporal/starts-limit';
import { receiveCallbacks } from './worker/callback-receiver';
import { closingAfter } from './worker/closing';
import { createLogger, toTemporalLogger } from './worker/logger';
import { createWorkers, runTogether } from './worker/workers';

async function run(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: ['SIGTERM', 'SIGINT'],
    // The native core's lines go the same way, so that every line is JSON and none shows a secret.
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
  // Before the workers, which cannot be closed unless they have run.
  const receiver = await receiveCallbacks(config, new Client({ connection, namespace }), logger);
  if (receiver) closeLater(() => receiver.close());
  const workers = await createWorkers(config, connection);
  await limitOrWarn(connection, { namespace, taskQueue, startsPerMinute }, logger);
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
  await runTogether(workers);
}

/** A worker without the limit is better than none: what Dataverse refuses for its own limit is tried again. */
async function limitOrWarn(
  connection: NativeConnection,
  options: LimitStartsOptions,
  logger: Logger,
): Promise<void> {
  try {
    await limitStarts(connection, options);
  } catch (error) {
    const { startsPerMinute } = options;
    logger.warn(
      { startsPerMinute, why: messageOf(error) },
      "Temporal did not take the limit of POWER_AUTOMATE_STARTS_PER_MINUTE, and keeps to the one that it was told last, if any. What exceeds Dataverse's own, 70 starts a minute of one connection, is refused there and tried again",
    );
  }
}

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  // Not `exitCode`: workers that were created and never ran, and their threads, would keep the process for ever.
  process.exit(1);
});
