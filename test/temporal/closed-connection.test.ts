/** A call that is being tried again when its connection is closed. */
import { openConnection } from '../../src/temporal/closed-connection';
import { setUp } from '../helpers/harness';
import { startRelay } from '../helpers/relay';

it('fails, and nothing is thrown where nobody catches it', async () => {
  const relay = await startRelay(setUp('TEST_TEMPORAL_ADDRESS'));
  try {
    const connection = await openConnection({ address: relay.address });
    relay.cut();
    const call = connection.workflowService.getSystemInfo({});
    const failed = expect(call).rejects.toThrow('Channel has been shut down');
    // It waits for its next try, or fails with the connection: both end it.
    await new Promise(setImmediate);
    await connection.close();
    await failed;
  } finally {
    await relay.close();
  }
});

it('that is made on a closed connection fails, too', async () => {
  const connection = await openConnection({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  await connection.close();
  await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow('Channel has been shut down');
});
