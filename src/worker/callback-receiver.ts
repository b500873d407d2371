/** HOST: starts the receiver of a process by its configuration. */
import type { Client } from '@temporalio/client';
import type { MetricMeter } from '@temporalio/common';
import type { Logger } from '@temporalio/worker';
import type { CallbackReceiverOptions } from '../callback/options';
import type { CallbackReceiver } from '../callback/receiver';
import { messageOf } from '../common/message-of';
import { METRICS } from '../common/metrics';
import type { PowerAutomateConfig } from '../config/config';
import { signingKeysFrom } from '../config/signing-keys';
import { wakeUpBy } from './wake-up';

type Receiver = typeof import('../callback/receiver');

/** Returns undefined where CALLBACK_PORT is not set. @param meter counts the calls. @default nothing does */
export async function receiveCallbacks(
  { callbackPort: port, callbackHost: host, signingKeys, credentials }: PowerAutomateConfig,
  client: Client,
  logger: Logger,
  meter?: MetricMeter,
): Promise<CallbackReceiver | undefined> {
  if (port === undefined) return undefined;
  try {
    // Only who receives callbacks pays for the HTTP server.
    const { startCallbackReceiver }: Receiver = require('../callback/receiver');
    return await startCallbackReceiver({
      host,
      port,
      namespace: client.options.namespace,
      keys: signingKeysFrom({ signingKeys, credentials }),
      wakeUp: wakeUpBy(client),
      log: (level, message, details) => logger[level](message, details),
      ...(meter && { onAnswered: countBy(meter) }),
    });
  } catch (error) {
    throw new Error(
      `callbacks cannot be received. Check CALLBACK_HOST and CALLBACK_PORT. ${messageOf(error)}`,
    );
  }
}

function countBy(meter: MetricMeter): NonNullable<CallbackReceiverOptions['onAnswered']> {
  const { name, help } = METRICS.callbacks;
  const calls = meter.createCounter(name, undefined, help);
  return (outcome) => calls.add(1, { outcome });
}
