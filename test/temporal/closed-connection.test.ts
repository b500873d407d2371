/** A call that is being tried again when its connection is closed. */
import { Connection } from '@temporalio/client';
import { INTERCEPTORS } from '../../src/temporal/closed-connection';
import { setUp } from '../helpers/harness';
import { startRelay } from '../helpers/relay';

it('fails, and nothing is thrown where nobody catches it', async () => {
  const relay = await startRelay(setUp('TEST_TEMPORAL_ADDRESS'));
  try {
    const connection = await Connection.connect({ address: relay.address, interceptors: INTERCEPTORS });
    relay.cut();
    const call = connection.workflowService.getSystemInfo({});
    const failed = expect(call).rejects.toThrow('Channel has been shut down');
    // The first try has failed by then, and the next one waits for its time.
    await new Promise(setImmediate);
    await connection.close();
    await failed;
  } finally {
    await relay.close();
  }
});

it('that is made on a closed connection fails, too', async () => {
  const connection = await Connection.connect({
    address: setUp('TEST_TEMPORAL_ADDRESS'),
    interceptors: INTERCEPTORS,
  });
  await connection.close();
  await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow('Channel has been shut down');
});
