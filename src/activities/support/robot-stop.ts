/** HOST: asks Dataverse to stop a robot. */
import { isTerminal } from '../../common/status';
import { type DataverseClient, isRefusal } from '../../dataverse';

/**
 * Asks Dataverse to stop a robot. Its answer for a robot that has ended already is undocumented: then the row decides.
 * @throws DataverseError
 */
export async function requestStop(
  client: DataverseClient,
  flowSessionId: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.cancelDesktopFlowRun(flowSessionId, { signal });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!(await hasRobotEnded(client, flowSessionId, signal).catch(() => false))) throw error;
  }
}

/** Returns whether the robot has ended. @throws DataverseError */
export async function hasRobotEnded(
  client: DataverseClient,
  flowSessionId: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { statusCode } = await client.getFlowSession(flowSessionId, { signal });
  return isTerminal(statusCode);
}
