/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './activities';
import { type CallbackReceiver, startCallbackReceiver, wakeUpBy } from './callback';
import { messageOf } from './common/message-of';
import { type Config, ConfigError, readConfig, secretsOf } from './config';
import { createLogger, toTemporalLogger } from './logger';
import { environmentSecrets } from './secrets';

/** Longer than the longest HTTP request: a trigger in flight gets its answer before the worker goes. */
const SHUTDOWN_GRACE = '90s';

async function run(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: ['SIGTERM', 'SIGINT'],
    // The native core's lines go the same way, so that every line is JSON and none shows a secret.
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
  const { organizationUri, credentials, callbackBaseUrl, taskQueue, temporal } = config;
  const { namespace = 'default' } = temporal;
  const connection = await connect(temporal.connectionOptions);
  let receiver: CallbackReceiver | undefined;
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: path.join(__dirname, 'workflow-bundle.js') },
      activities: createActivities({
        ...config,
        watcherTaskQueue: taskQueue,
        secrets: environmentSecrets(),
      }),
      shutdownGraceTime: SHUTDOWN_GRACE,
    });
    receiver = await receiveCallbacks(config, new Client({ connection, namespace }), logger);
    logger.info(
      {
        taskQueue,
        organizationUri,
        callbackBaseUrl,
        callbackPort: receiver?.port,
        authentication: credentials?.type ?? 'named by each input',
      },
      'The worker is ready',
    );
    await worker.run();
  } finally {
    await receiver?.close();
    await connection.close();
  }
}

async function receiveCallbacks(
  { callbackPort: port, callbackHost: host, credentials }: Config,
  client: Client,
  logger: Logger,
): Promise<CallbackReceiver | undefined> {
  if (port === undefined) return undefined;
  try {
    return await startCallbackReceiver({
      host,
      port,
      namespace: client.options.namespace,
      credentials,
      secrets: environmentSecrets(),
      wakeUp: wakeUpBy(client),
      log: (level, message, details) => logger[level](details, message),
    });
  } catch (error) {
    throw new Error(
      `callbacks cannot be received. Check CALLBACK_HOST and CALLBACK_PORT. ${messageOf(error)}`,
    );
  }
}

async function connect(options: NativeConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    const address = options.address ?? 'localhost:7233';
    const why = messageOf(error);
    throw new Error(
      `no connection to Temporal at ${address}. Check TEMPORAL_ADDRESS, and that it runs. ${why}`,
    );
  }
}

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
