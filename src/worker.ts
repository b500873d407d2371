/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities';
import { type CallbackReceiver, receiveCallbacks } from './callback';
import { ConfigError, readConfig, secretsOf } from './config';
import { connectTo } from './connect-to';
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
  const connection = await connectTo(temporal, (options) => NativeConnection.connect(options));
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

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
