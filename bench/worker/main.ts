/** HOST, development only: the bench's own worker process, for what the package is compared with. */
import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createBenchActivities } from './activities';

async function run(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const { TEMPORAL_ADDRESS: address, TEMPORAL_TASK_QUEUE: taskQueue = '' } = process.env;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: path.join(__dirname, 'workflows.ts'),
    activities: createBenchActivities(process.env),
  });
  await worker.run();
  await connection.close();
}

run().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
