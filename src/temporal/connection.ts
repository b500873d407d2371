/** HOST: connects to Temporal, or throws an error that says what to check. */
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { messageOf } from '../common/message-of';

/** Of the SDK. */
export const DEFAULT_ADDRESS = 'localhost:7233';

export async function connectToTemporal<Connection>(
  { connectionOptions }: ClientConnectConfig,
  connect: (options: ClientConnectConfig['connectionOptions']) => Promise<Connection>,
): Promise<Connection> {
  try {
    return await connect(connectionOptions);
  } catch (error) {
    const address = connectionOptions.address ?? DEFAULT_ADDRESS;
    const why = messageOf(error);
    throw new Error(
      `no connection to Temporal at ${address}. Check TEMPORAL_ADDRESS, and that it runs. ${why}`,
    );
  }
}
