/** HOST: `desktop-flow callbacks`: only the callback receiver, in its own process. */
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { readConfig, secretsOf } from '../../config/config';
import { receiveCallbacks } from '../../worker/callback-receiver';
import { closingAfter } from '../../worker/closing';
import { createLogger, toTemporalLogger } from '../../worker/logger';
import { connect } from '../support/clients';

const VARIABLES = `
It reads the variables of the worker:

  CALLBACK_PORT, CALLBACK_HOST    where to listen (no default; 127.0.0.1)
  CALLBACK_BASE_URL               same as for the workers
  CALLBACK_SIGNING_KEYS           same as for the workers; if unset, set the workers' credentials, POWER_AUTOMATE_*
  TEMPORAL_ADDRESS, ...           where the workflows are; the workers' namespace
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
  const logger = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  const { callbackBaseUrl, namespace } = config;
  await closingAfter(async (closeLater) => {
    const connection = await connect(config.temporal);
    closeLater(() => connection.close());
    const receiver = await receiveCallbacks(
      config,
      new Client({ connection, namespace }),
      toTemporalLogger(logger),
    );
    if (receiver) closeLater(() => receiver.close());
    logger.info({ callbackBaseUrl, callbackPort: receiver?.port, namespace }, 'The receiver is ready');
    const signal = await asked;
    logger.info({ signal }, 'The receiver ends');
  });
}

function askedToEnd(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  return Promise.race(
    signals.map(async (signal) => {
      await once(process, signal);
      return signal;
    }),
  );
}
