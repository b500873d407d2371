/** HOST: tells the health of a worker that has the plugin. */
import type { Client } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { DataverseClient } from '../dataverse';
import { temporalAnswers, tokenIsThere, workersPoll } from '../health/checks';
import { type HealthServer, startHealthServer } from '../health/health-server';
import type { PluginSettings } from './options';

export interface WorkersOfPlugin {
  main: Worker;
  /** Undefined until it is created. */
  starts: () => Worker | undefined;
  hasWorkflows: boolean;
  stopping: AbortSignal;
}

/** Returns undefined where nobody asks. @throws where the port cannot be listened on. */
export async function tellHealth(
  { health, organizationUri, credentials, requestTimeoutMs }: PluginSettings,
  client: Client,
  { main, starts, hasWorkflows, stopping }: WorkersOfPlugin,
): Promise<HealthServer | undefined> {
  if (health === undefined) return undefined;
  const workers = [
    { name: 'the worker', worker: () => main, hasWorkflows },
    { name: 'the worker of starts', worker: starts, hasWorkflows: false },
  ];
  return startHealthServer({
    ...health,
    stopping,
    checks: {
      workers: workersPoll(workers),
      temporal: temporalAnswers(client),
      // Where each input names its own, nothing can be told beforehand.
      ...(organizationUri &&
        credentials && {
          token: tokenIsThere(new DataverseClient({ organizationUri, credentials, requestTimeoutMs })),
        }),
    },
  });
}
