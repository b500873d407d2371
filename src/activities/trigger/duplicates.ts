/** HOST: stops the second robot of one trigger: something between us and Dataverse has sent the request twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@temporalio/activity';
import { isTerminal } from '../../common/status';
import { type DataverseClient, type FlowSessionOrigin, isRefusal } from '../../dataverse';
import { hasRobotEnded, requestStop } from '../support/robot-stop';

const STOPPED_WITHIN_MS = 60_000;
const LOOK_INTERVAL_MS = 500;

/** @returns the ids of the others. @throws DataverseError for passing trouble: then it has to be done again. */
export async function stopDuplicates(
  client: DataverseClient,
  flowSessionId: string,
  duplicates: readonly FlowSessionOrigin[],
): Promise<string[]> {
  for (const duplicate of duplicates) {
    const details = { flowSessionId, duplicate: duplicate.flowSessionId };
    log.warn('One trigger has started two robots; the newer one is stopped', details);
    if (!isTerminal(duplicate.statusCode)) await stop(client, duplicate.flowSessionId);
  }
  return duplicates.map((duplicate) => duplicate.flowSessionId);
}

async function stop(client: DataverseClient, flowSessionId: string): Promise<void> {
  try {
    await requestStop(client, flowSessionId);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A robot that may not be stopped must not keep the run from its own robot.
    log.error('The robot that was started twice cannot be stopped', { flowSessionId, why: error.message });
    return;
  }
  const until = Date.now() + STOPPED_WITHIN_MS;
  while (!(await hasRobotEnded(client, flowSessionId))) {
    if (Date.now() > until) {
      log.error('The robot that was started twice does not stop', { flowSessionId });
      return;
    }
    await sleep(LOOK_INTERVAL_MS);
  }
}
