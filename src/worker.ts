/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import path from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from './activities';
import { ConfigError, readConfig, secretsOf } from './config';
import { createLogger, toTemporalLogger } from './logger';
import { environmentSecrets } from './secrets';

/** Longer than the longest HTTP request: a trigger in flight gets its answer before the worker goes. */
const SHUTDOWN_GRACE = '90s';

async function run(): Promise<void> {
  const config = readConfig();
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  Runtime.install({ logger: toTemporalLogger(logger), shutdownSignals: ['SIGTERM', 'SIGINT'] });
  const { organizationUri, credentials, allowedHosts, taskQueue, temporal } = config;
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  try {
    const worker = await Worker.create({
      connection,
      namespace: temporal.namespace ?? 'default',
      taskQueue,
      workflowBundle: { codePath: path.join(__dirname, 'workflow-bundle.js') },
      activities: createActivities({
        organizationUri,
        credentials,
        allowedHosts,
        secrets: environmentSecrets(),
      }),
      shutdownGraceTime: SHUTDOWN_GRACE,
    });
    logger.info(
      { taskQueue, organizationUri, authentication: credentials?.type ?? 'named by each input' },
      'The worker is ready',
    );
    await worker.run();
  } finally {
    await connection.close();
  }
}

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
