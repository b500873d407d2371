/** HOST: what the application user may do: read flows, see runs, cancel them. */
import { DESKTOP_FLOWS } from '../dataverse/dataverse-client';
import { jsonObject } from '../dataverse/http/answers';
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import type { FindingCode } from './codes';
import { counted } from './counted';
import { PAGES } from './portals';
import { isForbidden, refusalOf } from './refusals';
import type { Setup } from './setup';

const GROUP = 'Rights';

export const RIGHTS_CHECKS: readonly Check[] = [
  {
    id: 'flows',
    group: GROUP,
    title: 'It may read desktop flows',
    needs: ['application-user'],
    run: checkFlows,
  },
  {
    id: 'runs',
    group: GROUP,
    title: 'It may read desktop flow runs',
    needs: ['application-user'],
    run: checkRuns,
  },
  {
    id: 'runs-of-others',
    group: GROUP,
    title: 'It sees the runs of every owner',
    needs: ['runs'],
    run: checkRunsOfOthers,
  },
  {
    id: 'cancel',
    group: GROUP,
    title: 'It may cancel runs',
    needs: ['runs'],
    run: checkCancel,
  },
];

async function checkFlows(setup: Setup): Promise<Result> {
  try {
    const { length } = await setup.rows(DESKTOP_FLOWS);
    if (length > 0) return passed(counted(length, 'published flow'));
    return found({
      code: 'no-flow-visible',
      what: 'The application user sees no published desktop flow',
      why: 'A flow that it does not see cannot be started: Dataverse answers that it does not exist',
      whatToDo:
        'Share the flow with the application user, or give its role organization-wide read access to Process; publish drafts',
      where: PAGES.desktopFlows,
    });
  } catch (error) {
    const table = 'Process (prvReadWorkflow)';
    return found(unreadable(error, { code: 'flows-forbidden', what: 'desktop flows', table }));
  }
}

async function checkRuns(setup: Setup): Promise<Result> {
  try {
    const { length } = await setup.rows('flowsessions?$select=flowsessionid&$top=1');
    return passed(length === 0 ? 'it sees none so far' : 'it sees some');
  } catch (error) {
    const table = 'Flow Session (prvReadflowsession)';
    return found(unreadable(error, { code: 'runs-forbidden', what: 'desktop flow runs', table }));
  }
}

function unreadable(
  error: unknown,
  { code, what, table }: { code: FindingCode; what: string; table: string },
): Finding {
  if (!isForbidden(error)) return refusalOf(error, `the ${what}`);
  return {
    code,
    what: `The application user may not read ${what}`,
    why: error.message,
    whatToDo: `Give its role organization-wide read access to the table ${table}`,
    where: PAGES.securityRoles,
  };
}

/** Depths of a privilege that reach beyond one's own rows. */
const BEYOND_OWN = ['Local', 'Deep', 'Global'];

async function checkRunsOfOthers(setup: Setup): Promise<Result> {
  const depths = await depthsOf(setup, 'prvReadflowsession');
  if (depths === undefined || depths.length === 0)
    return untold('Dataverse does not tell how far its rights reach');
  if (depths.some((depth) => BEYOND_OWN.includes(depth))) return passed('');
  return found({
    code: 'own-runs-only',
    what: 'The application user sees no runs but those that it owns',
    why: 'A robot whose row another user owns is lost to the worker: the run fails with DataverseNotFound, and a lost answer ends as TriggerOutcomeUnknown',
    whatToDo: 'Give its role organization-wide read access to the table Flow Session',
    where: PAGES.securityRoles,
  });
}

async function checkCancel(setup: Setup): Promise<Result> {
  const depths = await depthsOf(setup, 'prvWriteflowsession');
  if (depths === undefined) return untold('Dataverse does not tell its privileges');
  if (depths.length > 0) return passed('');
  return found({
    code: 'cancel-forbidden',
    what: 'The application user may not cancel desktop flow runs',
    why: 'A cancelled workflow leaves its robot running',
    whatToDo: 'Give its role organization-wide write access to the table Flow Session (prvWriteflowsession)',
    where: PAGES.securityRoles,
  });
}

/** How far a privilege reaches, roles of teams included; undefined where Dataverse does not say. */
export async function depthsOf(setup: Setup, privilege: string): Promise<string[] | undefined> {
  const call = `RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='${privilege}')`;
  try {
    const answer = await setup.ask(`systemusers(${await setup.userId()})/Microsoft.Dynamics.CRM.${call}`);
    const { RolePrivileges: privileges } = jsonObject(answer);
    return Array.isArray(privileges)
      ? privileges.map(({ Depth }: { Depth?: unknown }) => String(Depth))
      : undefined;
  } catch {
    return undefined;
  }
}
