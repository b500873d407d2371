/** HOST: `desktop-flow nexus`: the Nexus endpoint by which other namespaces reach the workers. */
import type { Command } from 'commander';
import { type Endpoint, ensureEndpoint } from '../../nexus/endpoint';
import { withTemporal } from '../support/clients';
import { UsageError } from '../support/errors';

interface Options {
  endpoint: string;
  namespace?: string;
  taskQueue?: string;
}

const NOTES = `
It connects as the worker does, by TEMPORAL_ADDRESS and its siblings. On Temporal Cloud, create the endpoint there.
Exit codes: 0 it is there, 1 Temporal refuses it, 2 wrong command line, 3 Temporal cannot be reached.`;

export function configure(command: Command): void {
  command
    .description(
      'Creates the Nexus endpoint of the workers, or has it point to them, and prints what a caller writes.',
    )
    .requiredOption(
      '--endpoint <name>',
      'its name, by which callers know it, such as power-automate: letters, digits and -',
    )
    .option('--namespace <name>', 'of the workers (default: TEMPORAL_NAMESPACE, or default)')
    .option('--task-queue <name>', 'of the workers (default: TEMPORAL_TASK_QUEUE, or power-automate)')
    .addHelpText('after', NOTES)
    .action(run);
}

/** What Temporal takes. */
const ENDPOINT_NAME = /^[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/;

async function run({ endpoint, ...options }: Options): Promise<void> {
  if (!ENDPOINT_NAME.test(endpoint)) {
    throw new UsageError('--endpoint must be letters, digits and -, beginning with a letter');
  }
  await withTemporal(async ({ connection, namespace, taskQueue }) => {
    const target: Endpoint = {
      endpoint,
      namespace: options.namespace?.trim() || namespace,
      taskQueue: options.taskQueue?.trim() || taskQueue,
    };
    const done = await ensureEndpoint(connection.operatorService, target);
    process.stdout.write(`${SAID[done](target)}\n${callerOf(target)}`);
  });
}

const whereTo = ({ namespace, taskQueue }: Endpoint) =>
  `task queue ${taskQueue} of the namespace ${namespace}`;

const SAID: Record<'created' | 'updated' | 'unchanged', (target: Endpoint) => string> = {
  created: (target) => `The endpoint ${target.endpoint} was created, for ${whereTo(target)}.`,
  updated: (target) => `The endpoint ${target.endpoint} was updated: now for ${whereTo(target)}.`,
  unchanged: (target) => `The endpoint ${target.endpoint} is there already, for ${whereTo(target)}.`,
};

const callerOf = ({ endpoint }: Endpoint) => `
A workflow in any namespace of this cluster calls it so:

  import { createNexusServiceClient } from '@temporalio/workflow';
  import { desktopFlowsService } from 'temporal-power-automate/workflow';

  const desktopFlows = createNexusServiceClient({ endpoint: '${endpoint}', service: desktopFlowsService });
  const { outputs } = await desktopFlows.executeOperation('runDesktopFlow', {
    flowId: '…', connectionName: '…', runMode: 'unattended',
  });

In other languages: the service DesktopFlows, with the operations runDesktopFlow and runDesktopFlows.
`;
