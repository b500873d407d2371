/** HOST: stops the second robot of one trigger: something between us and Dataverse has sent the request twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@temporalio/activity';
import { isTerminal } from '../../common/status';
import { type DataverseClient, type FlowSessionOrigin, isRefusal } from '../../dataverse';
import { hasRobotEnded, requestStop } from '../support/robot-stop';

const STOPPED_WITHIN_MS = 60_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

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

/** A refusal may pass, and a second robot must not run on for it; one that lasts must not keep the run from its own. */
async function stop(client: DataverseClient, flowSessionId: string): Promise<void> {
  const until = Date.now() + STOPPED_WITHIN_MS;
  let isAsked = false;
  let why = 'Dataverse does not say that it has ended';
  for (let waitMs = FIRST_WAIT_MS; Date.now() < until; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    try {
      if (!isAsked) await requestStop(client, flowSessionId);
      isAsked = true;
      if (await hasRobotEnded(client, flowSessionId)) return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      why = error.message;
    }
    await sleep(waitMs);
  }
  log.error('The robot that was started twice does not stop', { flowSessionId, why });
}
