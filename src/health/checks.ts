/** HOST: what a process needs to do its work, as checks of `/ready`. */
import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { type DataverseClient, DataverseError } from '../dataverse';
import type { Check } from './health-server';

/** Below the time that a check may take. */
const DEADLINE_MS = 2_000;

export interface PollingWorker {
  name: string;
  /** Undefined until it is created. */
  worker: () => Worker | undefined;
  /** Whether it polls for workflows besides activities. */
  hasWorkflows: boolean;
}

/** Whether the workers run and poll. */
export function workersPoll(workers: readonly PollingWorker[]): Check {
  return async () => {
    for (const { name, worker, hasWorkflows } of workers) {
      const status = worker()?.getStatus();
      if (status?.runState !== 'RUNNING')
        throw new Error(`${name} is ${status?.runState ?? 'not there yet'}`);
      if (status.activityPollerState !== 'POLLING') throw new Error(`${name} does not poll for activities`);
      if (hasWorkflows && status.workflowPollerState !== 'POLLING')
        throw new Error(`${name} does not poll for workflows`);
    }
  };
}

/** Whether Temporal's server answers, and lets this process into its namespace. No action, and no load worth naming. */
export function temporalAnswers(client: Client): Check {
  return async () => {
    const { workflowService, options } = client;
    const asked = client.withDeadline(Date.now() + DEADLINE_MS, () =>
      workflowService.describeNamespace({ namespace: options.namespace }),
    );
    await asked.catch((error: unknown) => {
      // The message of gRPC names addresses.
      const { code } = error as { code?: unknown };
      throw new Error(`Temporal does not answer (gRPC code ${typeof code === 'number' ? code : 'unknown'})`);
    });
  };
}

/** Whether there is a token, or one can be had. Asks nobody while the cached one lasts. */
export function tokenIsThere(client: DataverseClient): Check {
  return async (signal) => {
    await client.checkToken({ signal }).catch((error: unknown) => {
      const kind = error instanceof DataverseError ? error.kind : 'unknown';
      throw new Error(`no token: ${kind}`);
    });
  };
}
