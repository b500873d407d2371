/** What a process that fails says: with the SDK's own connection and workers, and their rules for closing. */
import { randomUUID } from 'node:crypto';
import { NativeConnection, Worker } from '@temporalio/worker';
import { closingAfter } from '../../src/worker/closing';
import { setUp } from '../helpers/harness';

const closing = (name: string, closed: string[]) => async () => {
  closed.push(name);
};

describe('what was opened', () => {
  it('is closed after the work, the last first', async () => {
    const done: string[] = [];
    await closingAfter(async (closeLater) => {
      closeLater(closing('connection', done));
      closeLater(closing('receiver', done));
      done.push('work');
    });
    expect(done).toEqual(['work', 'receiver', 'connection']);
  });

  it('is closed where the work fails, and where closing something else fails', async () => {
    const closed: string[] = [];
    const failing = closingAfter(async (closeLater) => {
      closeLater(closing('connection', closed));
      closeLater(() => Promise.reject(new Error('the receiver does not close')));
      throw new Error('the port is taken');
    });
    await expect(failing).rejects.toThrow('the port is taken');
    expect(closed).toEqual(['connection']);
  });

  it('is told of where it does not close, and nothing failed before', async () => {
    const failing = closingAfter(async (closeLater) => {
      closeLater(() => Promise.reject(new Error('the connection does not close')));
    });
    await expect(failing).rejects.toThrow('the connection does not close');
  });
});

it('an error after the first worker was created is shown, although its connection cannot be closed', async () => {
  const connection = await NativeConnection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  let first: Worker | undefined;
  const activities = { nothing: async () => undefined };
  const failing = closingAfter(async (closeLater) => {
    closeLater(() => connection.close());
    first = await Worker.create({ connection, taskQueue: `closing-${randomUUID()}`, activities });
    await Worker.create({ connection, taskQueue: '' });
  });
  await expect(failing).rejects.toThrow('Task queue name is required');
  // Only a worker that has run gives its connection back.
  await first?.runUntil(async () => undefined);
  await connection.close();
});
