/** HOST: the worker process: read the configuration, connect, run until SIGTERM or SIGINT, close. */
import path from 'node:path';
import { NativeConnection, Runtime, Worker, type WorkerDeploymentOptions } from '@temporalio/worker';
import { type Config, ConfigError, readConfig, secretsOf } from './config/config';
import type { DeploymentVersion } from './config/deployment';
import { secretsInUse } from './dataverse';
import { prometheusExporter } from './metrics/exporter';
import { PowerAutomatePlugin } from './plugin/plugin';
import { connectToTemporal } from './temporal/connection';
import type { Traces } from './tracing/traces';
import { closingAfter } from './worker/closing';
import { keepHeapsSmall } from './worker/heap';
import { createLogger, toTemporalLogger } from './worker/logger';

/** More than organizations and credentials together: each has a watch, which keeps its place for half an hour. */
const CONCURRENT_ACTIVITIES = 500;

async function run(): Promise<void> {
  keepHeapsSmall();
  const config = readConfig();
  const logger = createLogger({
    level: config.logLevel,
    secrets: secretsOf(config),
    secretsOfNow: secretsInUse,
  });
  Runtime.install({
    logger: toTemporalLogger(logger, { hidesPayloads: config.payloads.encryption !== undefined }),
    shutdownSignals: ['SIGTERM', 'SIGINT'],
    // Also takes the lines of the native core, so that every line is JSON without secrets.
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(config.metrics && { metrics: prometheusExporter(config.metrics) }),
    },
  });
  await closingAfter((closeLater) => work(config, closeLater));
}

async function work(config: Config, closeLater: (close: () => Promise<void>) => void): Promise<void> {
  const { temporal, namespace, taskQueue, payloads, cachedWorkflows, maxActivitiesPerSecond } = config;
  const { health, deployment } = config;
  const traces = config.traces ? await loadTraces() : undefined;
  if (traces) closeLater(() => traces.close());
  const connection = await connectToTemporal(temporal, (options) => NativeConnection.connect(options));
  closeLater(() => connection.close());
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: path.join(__dirname, bundleOf(config)) },
    ...(deployment && { workerDeploymentOptions: versionOf(deployment) }),
    plugins: [new PowerAutomatePlugin({ health, payloads })],
    ...(traces && { interceptors: { activity: [traces.activity] }, sinks: traces.sinks }),
    maxConcurrentActivityTaskExecutions: CONCURRENT_ACTIVITIES,
    maxTaskQueueActivitiesPerSecond: maxActivitiesPerSecond,
    maxCachedWorkflows: cachedWorkflows,
  });
  await worker.run();
}

/** A bundle has one converter of failures, and says of its workflows how they follow versions, or does not. */
function bundleOf({ payloads, deployment }: Config): string {
  return `workflow-bundle${deployment ? '-versioned' : ''}${payloads.encryption ? '-encrypting' : ''}.js`;
}

/** The workflows of the bundle say themselves how they follow versions. */
function versionOf(version: DeploymentVersion): WorkerDeploymentOptions {
  return { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' };
}

async function loadTraces(): Promise<Traces | undefined> {
  const { startTraces } = await import('./tracing/traces.js');
  return startTraces(Runtime.instance().logger);
}

run().catch((error: unknown) => {
  if (error instanceof ConfigError) console.error(error.message);
  else console.error('The worker ended:', error instanceof Error ? error.message : error);
  // Not `exitCode`: the threads of workers that were created and never ran would keep the process for ever.
  process.exit(1);
});
