/** HOST: the connections of a command, made as the worker makes its own. */
import { Client, Connection } from '@temporalio/client';
import { ConfigError, readPowerAutomateConfig, readTemporalConfig } from '../../config/config';
import { DataverseClient } from '../../dataverse';
import { connectToTemporal } from '../../temporal/connection';
import { CommandError } from './errors';
import { EXIT } from './exit-codes';

export interface Temporal {
  client: Client;
  connection: Connection;
  namespace: string;
  /** Of the workers. */
  taskQueue: string;
}

/** Connects by TEMPORAL_ADDRESS and its siblings, and closes the connection afterwards. */
export async function withTemporal<Result>(use: (temporal: Temporal) => Promise<Result>): Promise<Result> {
  const { temporal, namespace, taskQueue } = readTemporalConfig(process.env);
  const connection = await connectToTemporal(temporal, (options) => Connection.connect(options)).catch(
    (error: Error) => {
      throw new CommandError(error.message, EXIT.outOfReach);
    },
  );
  try {
    return await use({ client: new Client({ connection, namespace }), connection, namespace, taskQueue });
  } finally {
    await connection.close();
  }
}

/** @throws ConfigError where the organization or the credentials for it are not told. */
export function openDataverse(): DataverseClient {
  const { organizationUri, credentials, requestTimeoutMs, limits } = readPowerAutomateConfig(process.env);
  const problems = [
    ...(organizationUri ? [] : ['POWER_AUTOMATE_ORGANIZATION_URI must be set']),
    ...(credentials ? [] : ['POWER_AUTOMATE_CLIENT_ID and its siblings must be set, or a bearer token']),
  ];
  if (!organizationUri || !credentials) throw new ConfigError(problems);
  return new DataverseClient({ organizationUri, credentials, requestTimeoutMs, limits });
}
