/** Runs a workflow of this service, with a worker on a task queue of its own. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, NexusOperationFailure } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { PowerAutomatePlugin } from 'temporal-power-automate';
import { tell } from './events.js';
import type { Flow, Service } from './service.js';
import type { bookInvoice, enterInvoice, payInvoice } from './workflows.js';

/** `activities SECONDS INPUT`: the operations are activities of the worker of Power Automate. */
export function activities({ client, taskQueue }: Service, flow: Flow, seconds: string): Promise<number> {
  return withWorker({}, (own) =>
    client.workflow.execute<typeof enterInvoice>('enterInvoice', {
      ...own,
      args: [{ taskQueue, flow, patienceSeconds: Number(seconds) }],
    }),
  );
}

/** `own INPUT`: this worker runs robots itself. Its variables are those of the worker of Power Automate. */
export function own({ client }: Service, flow: Flow): Promise<number> {
  return withWorker({ plugins: [new PowerAutomatePlugin()] }, (options) =>
    client.workflow.execute<typeof payInvoice>('payInvoice', { ...options, args: [flow] }),
  );
}

/** `nexus ENDPOINT INPUT`: the worker of Power Automate is in another namespace. */
export function nexus({ client }: Service, flow: Flow, endpoint: string): Promise<number> {
  return withWorker({}, (own) =>
    client.workflow.execute<typeof bookInvoice>('bookInvoice', { ...own, args: [{ endpoint, flow }] }),
  );
}

interface OwnWorkflow {
  taskQueue: string;
  workflowId: string;
}

async function withWorker(
  options: Pick<WorkerOptions, 'plugins'>,
  execute: (own: OwnWorkflow) => Promise<unknown>,
): Promise<number> {
  // A queue for this process alone lets several try the example at once. A service has one name for it.
  const taskQueue = `invoices-typescript-${randomUUID()}`;
  const { namespace, connectionOptions } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const workflowsPath = fileURLToPath(new URL('./workflows.js', import.meta.url));
  try {
    const worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath, ...options });
    const outputs = await worker.runUntil(execute({ taskQueue, workflowId: `invoice-${randomUUID()}` }));
    tell('succeeded', { outputs });
    return 0;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    // A Nexus operation fails with the failure of the run as its cause.
    const failure = error.cause instanceof NexusOperationFailure ? error.cause.cause : error.cause;
    const type = failure instanceof ApplicationFailure ? failure.type : undefined;
    tell('failed', { type, message: failure?.message });
    return 1;
  } finally {
    await connection.close();
  }
}
