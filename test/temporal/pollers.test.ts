/** Who polls a task queue, asked of the real server. */
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Connection } from '@temporalio/client';
import { countPollers } from '../../src/temporal/pollers';
import { eventually, setUp } from '../helpers/harness';

const namespace = 'default';
const PROCESSES = 12;

let connection: Connection;

beforeAll(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
});

afterAll(() => connection.close());

/** One poll of each process, which goes to one partition of the queue. */
function poll(taskQueue: string, until: AbortSignal): Promise<unknown>[] {
  const request = { namespace, taskQueue: { name: taskQueue, kind: 1 } };
  return Array.from({ length: PROCESSES }, (_, index) => {
    const ask = () =>
      connection.workflowService.pollActivityTaskQueue({ ...request, identity: `process-${index}` });
    return connection
      .withAbortSignal(until, () => connection.withDeadline(Date.now() + 60_000, ask))
      .catch(() => undefined);
  });
}

it('counts every process, on whichever partition of the queue its poll is', async () => {
  const taskQueue = `polled-${randomUUID()}`;
  await expect(countPollers(connection, { namespace, taskQueue })).resolves.toBe(0);
  const until = new AbortController();
  setMaxListeners(PROCESSES, until.signal);
  const polls = poll(taskQueue, until.signal);
  await eventually(async () => (await countPollers(connection, { namespace, taskQueue })) === PROCESSES);
  // What the first partition knows of is less, or this test shows nothing.
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 2,
  });
  expect(pollers.length).toBeLessThan(PROCESSES);
  until.abort();
  await Promise.all(polls);
});
