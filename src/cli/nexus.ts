/** HOST: `desktop-flow nexus`: the Nexus endpoint by which other namespaces reach the workers. */
import { Connection } from '@temporalio/client';
import { DEFAULT_TASK_QUEUE } from '../common/messages';
import { readTemporalConfig } from '../config/config';
import { type Endpoint, ensureEndpoint } from '../nexus/endpoint';
import { connectToTemporal } from '../temporal/connection';
import { type Command, CommandError, type OptionValues, UsageError } from './command';

const OUT_OF_REACH = 3;

const HELP = `Creates the Nexus endpoint of the workers, or has it point to them, and prints what a caller writes.

  desktop-flow nexus --endpoint <name> [--namespace <name>] [--task-queue <name>]

  --endpoint     its name, by which callers know it, such as power-automate: letters, digits and -
  --namespace    of the workers (TEMPORAL_NAMESPACE, or default)
  --task-queue   of the workers (TEMPORAL_TASK_QUEUE, or ${DEFAULT_TASK_QUEUE})

It connects as the worker does, by TEMPORAL_ADDRESS and its siblings. On Temporal Cloud, create the endpoint there.
Exit codes: 0 it is there, 1 Temporal refuses it, 2 wrong command line, 3 Temporal is out of reach.
`;

export const nexus: Command = {
  name: 'nexus',
  summary: 'create the Nexus endpoint by which other namespaces have desktop flows run',
  help: HELP,
  options: {
    endpoint: { type: 'string' },
    namespace: { type: 'string' },
    'task-queue': { type: 'string' },
  },
  run,
};

/** What Temporal takes. */
const ENDPOINT_NAME = /^[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/;

async function run(values: OptionValues): Promise<void> {
  const name = values.endpoint;
  if (typeof name !== 'string') throw new UsageError('--endpoint is missing');
  if (!ENDPOINT_NAME.test(name)) {
    throw new UsageError('--endpoint must be letters, digits and -, beginning with a letter');
  }
  const { temporal, namespace, taskQueue } = readTemporalConfig(process.env);
  const target: Endpoint = {
    endpoint: name,
    namespace: text(values.namespace) ?? namespace,
    taskQueue: text(values['task-queue']) ?? taskQueue,
  };
  const connection = await connectToTemporal(temporal, (options) => Connection.connect(options)).catch(
    (error: Error) => {
      throw new CommandError(error.message, OUT_OF_REACH);
    },
  );
  try {
    const done = await ensureEndpoint(connection.operatorService, target);
    process.stdout.write(`${SAID[done](target)}\n${callerOf(target)}`);
  } finally {
    await connection.close();
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
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
