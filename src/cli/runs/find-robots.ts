/** HOST: robots in Dataverse, whoever has started them. */
import { findFlow } from '../../codegen/flow-source';
import { FLOW_RUN_STATUSES } from '../../common/status';
import { UsageError } from '../support/errors';
import { attemptOf, directly, refuseFlow } from './direct';

export interface WantedRobots {
  flow?: string;
  status?: string;
  errorCode?: string;
  since?: Date;
  until?: Date;
  limit: number;
}

export async function findRobots({ flow, status, errorCode, since, until, limit }: WantedRobots) {
  const statusCode = status === undefined ? undefined : codeOf(status);
  return directly(async (client) => {
    const found = flow === undefined ? undefined : await findFlow(client, flow).catch(refuseFlow);
    const sessions = await client.listFlowSessions({
      ...(found && { flowId: found.flowId }),
      ...(statusCode !== undefined && { statusCode }),
      ...(errorCode !== undefined && { errorCode }),
      ...(since && { createdSince: since }),
      ...(until && { createdBefore: until }),
      top: limit,
    });
    return sessions.map(({ createdOn, ...session }) => ({ ...attemptOf(session), createdOn }));
  });
}

function codeOf(status: string): number {
  const code = FLOW_RUN_STATUSES.findIndex((name) => name.toLowerCase() === status.toLowerCase());
  if (code >= 0) return code;
  throw new UsageError(`--status must be one of ${FLOW_RUN_STATUSES.join(', ')}`);
}
