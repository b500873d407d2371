/** HOST, development only: answers WhoAmI, and what privileges the caller has. */
import { type Answer, doesNotExist } from '../odata/answers';
import type { World } from '../world/world';
import { type Call, idOf } from './call';
import { hasPrivilege } from './setup-refusals';

export function whoAmI({ origin, path, world }: Call): Answer {
  const root = path.slice(0, path.lastIndexOf('/'));
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}${root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
      ...world.identity,
    },
  };
}

/**
 * Answers RetrieveUserPrivilegeByPrivilegeName (Microsoft: webapi/reference/retrieveuserprivilegebyprivilegename).
 * That "User" privileges, the option 'user', are privileges on one's own rows alone is the emulator's own reading.
 */
export function privilegesOf(call: Call): Answer {
  const { origin, path, world, params } = call;
  const id = idOf(call, 'systemuserid');
  if (id !== world.identity.UserId) throw doesNotExist('systemuser', id);
  const root = path.slice(0, path.indexOf('/systemusers('));
  const name = params[1] ?? '';
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}${root}/$metadata#Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeNameResponse`,
      RolePrivileges: hasPrivilege(world, name) ? [privilege(world, name)] : [],
    },
  };
}

function privilege({ settings, identity, setupFaults }: World, name: string): object {
  const isOwner = settings.privileges === 'owner' && !setupFaults.has('ownRunsOnly');
  return {
    Depth: isOwner ? 'Global' : 'Basic',
    PrivilegeId: identity.OrganizationId,
    BusinessUnitId: identity.BusinessUnitId,
    PrivilegeName: name,
    RecordFilterId: '00000000-0000-0000-0000-000000000000',
  };
}
