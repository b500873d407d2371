/** HOST: the connections of a command, made as the worker makes its own. */
import { Client, type Connection, WorkflowNotFoundError } from '@temporalio/client';
import { messageOf } from '../../common/message-of';
import {
  ConfigError,
  readPowerAutomateConfig,
  readTemporalConfig,
  type TemporalConfig,
} from '../../config/config';
import { DataverseClient } from '../../dataverse';
import { openConnection } from '../../temporal/closed-connection';
import { connectToTemporal } from '../../temporal/connection';
import { dataConverterOf } from '../../temporal/data-converter';
import { isDenied, isUnanswered } from '../../temporal/grpc-errors';
import { takeDevEnvironment } from './dev-environment';
import { CommandError } from './errors';
import { EXIT } from './exit-codes';

export interface Temporal {
  client: Client;
  connection: Connection;
  namespace: string;
  /** Of the workers. */
  taskQueue: string;
}

/** @throws CommandError where Temporal cannot be reached. */
export function connect(temporal: TemporalConfig['temporal']): Promise<Connection> {
  return connectToTemporal(temporal, openConnection).catch((error: Error) => {
    throw new CommandError(error.message, EXIT.outOfReach);
  });
}

/** Connects by TEMPORAL_ADDRESS and its siblings, and closes the connection afterwards. */
export async function withTemporal<Result>(use: (temporal: Temporal) => Promise<Result>): Promise<Result> {
  takeDevEnvironment();
  const { temporal, namespace, taskQueue, payloads } = readTemporalConfig(process.env);
  const connection = await connect(temporal);
  try {
    const client = new Client({ connection, namespace, dataConverter: dataConverterOf(payloads) });
    return await use({ client, connection, namespace, taskQueue });
  } catch (error) {
    throw failureOfTemporal(error, namespace);
  } finally {
    await connection.close();
  }
}

function failureOfTemporal(error: unknown, namespace: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    const message = `Temporal has no workflow ${error.workflowId} in the namespace ${namespace}`;
    return new CommandError(message, EXIT.wrongInput);
  }
  if (!isUnanswered(error) && !isDenied(error)) return error;
  const what = isDenied(error)
    ? 'refuses access: check TEMPORAL_API_KEY'
    : 'does not answer: check that it runs';
  const { details } = error as { details?: string };
  return new CommandError(`Temporal ${what}. ${details ?? messageOf(error)}`, EXIT.outOfReach);
}

/** Undefined where no organization is told. */
export function openDataverseIfTold(): DataverseClient | undefined {
  takeDevEnvironment();
  return process.env.POWER_AUTOMATE_ORGANIZATION_URI?.trim() ? openDataverse() : undefined;
}

/** @throws ConfigError where the organization or the credentials for it are not told. */
export function openDataverse(): DataverseClient {
  takeDevEnvironment();
  const { organizationUri, credentials, requestTimeoutMs, limits } = readPowerAutomateConfig(process.env);
  const problems = [
    ...(organizationUri ? [] : ['POWER_AUTOMATE_ORGANIZATION_URI must be set']),
    ...(credentials
      ? []
      : [
          'POWER_AUTOMATE_CLIENT_ID and its siblings must be set, or POWER_AUTOMATE_CREDENTIAL, or a bearer token',
        ]),
  ];
  if (!organizationUri || !credentials) throw new ConfigError(problems);
  return new DataverseClient({ organizationUri, credentials, requestTimeoutMs, limits });
}
