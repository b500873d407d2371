/** HOST: `desktop-flow callbacks`: only the callback receiver, in its own process. */
import { Client } from '@temporalio/client';
import type { MetricMeter } from '@temporalio/common';
import type { Command } from 'commander';
import type { Logger } from 'pino';
import { readConfig, secretsOf } from '../../config/config';
import type { Listener } from '../../config/operations';
import { secretsInUse } from '../../dataverse';
import { temporalAnswers } from '../../health/checks';
import { startHealthServer } from '../../health/health-server';
import { dataConverterOf } from '../../temporal/data-converter';
import { receiveCallbacks } from '../../worker/callback-receiver';
import { closingAfter } from '../../worker/closing';
import { createLogger, toTemporalLogger } from '../../worker/logger';
import { askedToEnd } from '../support/asked-to-end';
import { connect } from '../support/clients';

const VARIABLES = `
It reads the variables of the worker:

  CALLBACK_PORT, CALLBACK_HOST    where to listen (no default; 127.0.0.1)
  CALLBACK_BASE_URL               same as for the workers
  CALLBACK_SIGNING_KEYS           same as for the workers; if unset, set the workers' credentials, POWER_AUTOMATE_*
  TEMPORAL_ADDRESS, ...           where the workflows are; the workers' namespace
  METRICS_PORT, METRICS_HOST      where Prometheus reads the metrics (no default; 127.0.0.1)
  HEALTH_PORT, HEALTH_HOST        where /live and /ready answer (no default; 127.0.0.1)
  LOG_LEVEL                       fatal, error, warn, info (default), debug, trace or silent

Set CALLBACK_BASE_URL and no CALLBACK_PORT for workers whose callbacks are received elsewhere.`;

export function configure(command: Command): void {
  command
    .description(
      "Receives Dataverse's callbacks and wakes the workflows that wait for them, in its own process.",
    )
    .addHelpText('after', VARIABLES)
    .action(run);
}

async function run(): Promise<void> {
  const asked = askedToEnd();
  const config = readConfig(process.env, { receivesCallbacks: true });
  const logger = createLogger({
    level: config.logLevel,
    secrets: secretsOf(config),
    secretsOfNow: secretsInUse,
  });
  const { callbackBaseUrl, namespace, payloads } = config;
  await closingAfter(async (closeLater) => {
    const connection = await connect(config.temporal);
    closeLater(() => connection.close());
    const client = new Client({ connection, namespace, dataConverter: dataConverterOf(payloads) });
    if (config.health) {
      const checks = { temporal: temporalAnswers(client) };
      const health = await startHealthServer({ ...config.health, checks });
      closeLater(() => health.close());
    }
    const metrics = config.metrics && (await startMetrics(config.metrics, logger));
    if (metrics) closeLater(() => metrics.close());
    const receiver = await receiveCallbacks(config, client, toTemporalLogger(logger), metrics?.meter);
    if (receiver) closeLater(() => receiver.close());
    logger.info({ callbackBaseUrl, callbackPort: receiver?.port, namespace }, 'The receiver is ready');
    const signal = await asked;
    logger.info({ signal }, 'The receiver ends');
  });
}

interface Metrics {
  meter: MetricMeter;
  close(): Promise<void>;
}

/** Only who is asked for metrics pays for the native core, whose exporter the workers have too: some 22 MiB. */
async function startMetrics(listener: Listener, logger: Logger): Promise<Metrics> {
  const [{ Runtime }, { prometheusExporter }] = await Promise.all([
    import('@temporalio/worker'),
    import('../../metrics/exporter.js'),
  ]);
  const runtime = Runtime.install({
    logger: toTemporalLogger(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: prometheusExporter(listener),
    },
  });
  // A worker's end would end it; here it would keep the process for ever.
  return { meter: runtime.metricMeter, close: () => runtime.shutdown() };
}
