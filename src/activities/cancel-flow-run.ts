/** HOST: the activity `cancelFlowRun`. */
import { isTerminal } from '../common/status';
import { type DataverseClient, DataverseError, REFUSALS } from '../dataverse';
import type { Connector } from './connect';
import { onSession } from './on-session';

export function createCancelFlowRun(connect: Connector) {
  return onSession(connect, async (client, { flowSessionId }, signal) => {
    try {
      await client.cancelDesktopFlowRun(flowSessionId, { signal });
    } catch (error) {
      // How Dataverse answers the cancel of a run that is over is not documented: the row tells.
      if (!(error instanceof DataverseError) || !REFUSALS.includes(error.kind)) throw error;
      if (!(await isOver(client, flowSessionId, signal).catch(() => false))) throw error;
    }
  });
}

async function isOver(client: DataverseClient, flowSessionId: string, signal: AbortSignal): Promise<boolean> {
  const { statusCode } = await client.getFlowSession(flowSessionId, { signal });
  return isTerminal(statusCode);
}
