/** A worker process that cannot start says why, and ends. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { runProgram } from '../helpers/built-process';
import { setUp } from '../helpers/harness';

const runWorker = (environment: Record<string, string>) =>
  runProgram(
    { file: 'worker.js' },
    {
      TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
      TEMPORAL_TASK_QUEUE: `start-${randomUUID()}`,
      POWER_AUTOMATE_ORGANIZATION_URI: 'http://127.0.0.1:4010',
      POWER_AUTOMATE_BEARER_TOKEN: 'a-token-of-the-tests',
      ...environment,
    },
  );

describe('the worker process', () => {
  it('says what to check where the port for callbacks is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await runWorker({
      CALLBACK_BASE_URL: `http://127.0.0.1:${port}`,
      CALLBACK_PORT: String(port),
    });
    other.close();
    expect(stderr).toContain('Check CALLBACK_HOST and CALLBACK_PORT');
    expect(stderr).toContain('EADDRINUSE');
    expect(code).toBe(1);
  });

  it('says which namespace is missing', async () => {
    const { code, stderr } = await runWorker({ TEMPORAL_NAMESPACE: 'not-there' });
    expect(stderr).toContain('not-there');
    expect(code).toBe(1);
  });
});
