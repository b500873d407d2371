/** HOST: the activity `cancelFlowRun`. */
import { parseFlowSessionInput } from '../common/input';
import { isTerminal } from '../common/status';
import { type DataverseClient, isRefusal } from '../dataverse';
import type { ClientFor } from './support/dataverse-clients';
import { onSession } from './support/session-activity';

export function createCancelFlowRun(clientFor: ClientFor) {
  return onSession(clientFor, parseFlowSessionInput, (client, { flowSessionId }, signal) =>
    requestCancel(client, flowSessionId, signal),
  );
}

/** Asks for the end of a run. How Dataverse answers where the run is over is not documented: the row tells. */
export async function requestCancel(
  client: DataverseClient,
  flowSessionId: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.cancelDesktopFlowRun(flowSessionId, { signal });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!(await isOver(client, flowSessionId, signal).catch(() => false))) throw error;
  }
}

/** @throws DataverseError */
export async function isOver(
  client: DataverseClient,
  flowSessionId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { statusCode } = await client.getFlowSession(flowSessionId, { signal });
  return isTerminal(statusCode);
}
