/** HOST, development only: answers WhoAmI, and what privileges the caller has. */
import { type Answer, doesNotExist } from '../odata/answers';
import { type Call, idOf } from './call';

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
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}${root}/$metadata#Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeNameResponse`,
      RolePrivileges: [
        {
          Depth: world.settings.privileges === 'owner' ? 'Global' : 'Basic',
          PrivilegeId: world.identity.OrganizationId,
          BusinessUnitId: world.identity.BusinessUnitId,
          PrivilegeName: params[1],
          RecordFilterId: '00000000-0000-0000-0000-000000000000',
        },
      ],
    },
  };
}
