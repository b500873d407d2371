/**
 * The health check of the worker's container: exits with 0 if Temporal has lately been polled from this container.
 *
 * A living process says little: it may have lost Temporal, or its credentials there. Temporal knows each poller by its
 * identity, `<pid>@<host name>` by default, and when it last polled; a poll lasts a minute at most.
 */
const { hostname } = require('node:os');
const { Connection } = require('@temporalio/client');
const { loadClientConnectConfig } = require('@temporalio/envconfig');

const TASK_QUEUE_TYPE_WORKFLOW = 1;
const staleAfterMs = 120_000;

async function isPolling() {
  const { TEMPORAL_TASK_QUEUE: name, ...environment } = process.env;
  if (!name) throw new Error('TEMPORAL_TASK_QUEUE is not set; the health check needs it');
  // An empty variable counts as unset, as it does for the worker.
  const overrideEnvVars = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({ overrideEnvVars });
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5s' });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.some(
      ({ identity, lastAccessTime }) =>
        identity.endsWith(`@${hostname()}`) &&
        Date.now() - Number(lastAccessTime.seconds) * 1_000 < staleAfterMs,
    );
  } finally {
    await connection.close();
  }
}

isPolling()
  .then((polling) => {
    if (polling) return;
    console.error('Temporal has not been polled from this container lately');
    process.exitCode = 1;
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
