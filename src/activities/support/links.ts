/** HOST: the links to a robot that go with the result of an activity. */
import { log } from '@temporalio/activity';
import type { LinkedResult } from '../../common/activities';
import { messageOf } from '../../common/message-of';
import type { DataverseClient } from '../../dataverse';

/** Nobody waits longer for a link: the robot is started, and its run has to know. */
const WITHIN_MS = 3_000;

/** Never fails: without a link there is none. @param flowId @default that of the robot's row */
export async function linksTo(
  client: DataverseClient,
  flowSessionId: string,
  flowId?: string,
): Promise<LinkedResult> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), WITHIN_MS);
  try {
    const links = await Promise.race([
      client.getPortalLinks(flowSessionId, { flowId, signal: tooLate.signal }),
      new Promise<undefined>((resolve) => {
        tooLate.signal.addEventListener('abort', () => resolve(undefined), { once: true });
      }),
    ]);
    return links === undefined ? {} : { links };
  } catch (error) {
    log.debug('The robot has no link to the portal', { flowSessionId, why: messageOf(error) });
    return {};
  } finally {
    clearTimeout(timer);
  }
}
