/**
 * HOST, development only: what Dataverse refuses where the set-up is wrong. The codes are those of Microsoft's list of
 * Web service error codes; what a disabled user and one without roles are answered is not documented for the Web API.
 */
import { randomUUID } from 'node:crypto';
import type { Operation } from '../faults/operations';
import { badQuery, Refusal } from '../odata/answers';
import type { SetupFault } from '../setup/setup-faults';
import type { World } from '../world/world';
import type { Call } from './call';

/** The faults that take a privilege away: its name, and what cannot be done without it. */
const PRIVILEGES: Partial<
  Record<SetupFault, readonly [privilege: string, operations: readonly Operation[]]>
> = {
  noFlowPrivilege: ['prvReadWorkflow', ['flows', 'flow', 'schema', 'trigger']],
  noRunPrivilege: ['prvReadflowsession', ['status', 'query', 'inputs', 'outputs']],
  noCancelPrivilege: ['prvWriteflowsession', ['cancel']],
  noMachinePrivilege: ['prvReadflowmachine', ['machines', 'machineGroups']],
};

/** Works for every user of the environment, whatever its roles. */
const NEEDS_NO_ROLE: readonly Operation[] = ['whoAmI'];

/** @throws Refusal where the set-up does not let this call pass. */
export function checkSetup({ world, query }: Call, operation: Operation): void {
  const { setupFaults, identity } = world;
  if (setupFaults.has('addressBlocked')) {
    const message = 'The request was rejected, as access from this IP address is blocked.';
    throw new Refusal(403, '0x80095ffe', message);
  }
  if (setupFaults.has('noApplicationUser')) {
    throw new Refusal(403, '0x80072560', 'The user is not a member of the organization.');
  }
  if (setupFaults.has('disabledUser')) {
    throw new Refusal(403, '0x80041d1f', `The user with SystemUserId=${identity.UserId} is disabled.`);
  }
  if (setupFaults.has('noRoles') && !NEEDS_NO_ROLE.includes(operation)) {
    const message = `The user with id ${identity.UserId} has not been assigned any roles. They need a role with the prvReadUser privilege.`;
    throw new Refusal(403, '0x80042f09', message);
  }
  const missing = Object.values(PRIVILEGES).find(
    ([privilege, operations]) => operations.includes(operation) && !hasPrivilege(world, privilege),
  );
  if (missing) throw missingPrivilege(identity.UserId, missing[0]);
  if (setupFaults.has('callbackUrlNotFilterable') && query.get('$filter')?.includes('callbackurl')) {
    throw badQuery("The column 'callbackurl' cannot be used in a filter.");
  }
}

export function hasPrivilege({ setupFaults }: World, name: string): boolean {
  return !Object.entries(PRIVILEGES).some(
    ([fault, [privilege]]) =>
      setupFaults.has(fault as SetupFault) && privilege.toLowerCase() === name.toLowerCase(),
  );
}

/** As in the one error sample of the API for desktop flows; its message starts with a blank. */
function missingPrivilege(userId: string, privilege: string): Refusal {
  const message = ` Principal user (Id=${userId}, type=8) is missing ${privilege} privilege (Id=${randomUUID()})`;
  return new Refusal(403, '0x80040220', message);
}
