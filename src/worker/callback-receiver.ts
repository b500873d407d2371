/** HOST: starts the receiver of a process by its configuration. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { type CallbackReceiver, startCallbackReceiver } from '../callback/receiver';
import { messageOf } from '../common/message-of';
import type { Config } from '../config/config';
import { signingKeysFrom } from '../config/signing-keys';
import { wakeUpBy } from './wake-up';

/** Returns undefined where CALLBACK_PORT is not set. */
export async function receiveCallbacks(
  { callbackPort: port, callbackHost: host, signingKeys, credentials }: Config,
  client: Client,
  logger: Logger,
): Promise<CallbackReceiver | undefined> {
  if (port === undefined) return undefined;
  try {
    return await startCallbackReceiver({
      host,
      port,
      namespace: client.options.namespace,
      keys: signingKeysFrom({ signingKeys, credentials }),
      wakeUp: wakeUpBy(client),
      log: (level, message, details) => logger[level](details, message),
    });
  } catch (error) {
    throw new Error(
      `callbacks cannot be received. Check CALLBACK_HOST and CALLBACK_PORT. ${messageOf(error)}`,
    );
  }
}
