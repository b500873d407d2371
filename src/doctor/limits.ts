/** HOST: how much Dataverse's service protection leaves to this user (Microsoft: api-limits). */
import { headerNumber } from '../dataverse/http/answers';
import { type Check, found, passed, type Result, untold } from './check';
import { PAGES } from './portals';
import type { Setup } from './setup';

export const LIMIT_CHECKS: readonly Check[] = [
  {
    id: 'service-protection',
    group: 'Limits',
    title: "Dataverse's service protection leaves head room",
    needs: ['membership'],
    run: checkHeadRoom,
  },
];

/** A tenth of Microsoft's 6,000 requests, and of 1,200 seconds, within five minutes. */
const FEW_REQUESTS = 600;
const LITTLE_TIME_S = 120;

async function checkHeadRoom(setup: Setup): Promise<Result> {
  const answer = await setup.ask('WhoAmI');
  const requests = headerNumber(answer, 'x-ms-ratelimit-burst-remaining-xrm-requests');
  const seconds = headerNumber(answer, 'x-ms-ratelimit-time-remaining-xrm-requests');
  if (requests === undefined || seconds === undefined) return untold('Dataverse does not tell what is left');
  const left = `${requests} requests and ${Math.round(seconds)} s of execution are left of five minutes`;
  if (requests >= FEW_REQUESTS && seconds >= LITTLE_TIME_S) return passed(left);
  return found({
    code: 'service-protection-used-up',
    what: 'The application user has nearly used up what Dataverse allows it',
    why: `${left}, on the server that has answered`,
    whatToDo:
      'Find the program that asks so much as the same user, or give the workers an application user of their own; POWER_AUTOMATE_REQUEST_BUDGET limits a worker',
    where: PAGES.applicationUsers,
  });
}
