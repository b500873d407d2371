/** HOST, development only: answers who the caller is, what privileges it has, and in which environment it is. */
import { type Answer, badQuery, doesNotExist } from '../odata/answers';
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

/** The values of the enumeration `EndpointAccessType` (Microsoft: webapi/reference/endpointaccesstype). */
const ACCESS_TYPE = /^Microsoft\.Dynamics\.CRM\.EndpointAccessType'(Default|Internet|Intranet)'$/;

/** Answers RetrieveCurrentOrganization (Microsoft: webapi/reference/retrievecurrentorganization, organizationdetail). */
export function currentOrganization({ origin, path, query, params, world }: Call): Answer {
  const written = params[0] ?? '';
  const accessType = written.startsWith('@') ? (query.get(written) ?? '') : written;
  if (!ACCESS_TYPE.test(accessType)) throw badQuery(`The value '${accessType}' of AccessType is not valid.`);
  const root = path.slice(0, path.lastIndexOf('/'));
  const { OrganizationId } = world.identity;
  return {
    status: 200,
    body: {
      '@odata.context': `${origin}${root}/$metadata#Microsoft.Dynamics.CRM.RetrieveCurrentOrganizationResponse`,
      Detail: {
        OrganizationId,
        FriendlyName: 'Emulator',
        OrganizationVersion: '9.2.0.0',
        EnvironmentId: world.settings.environmentId,
        Geo: 'NA',
        TenantId: world.settings.tenantId,
        UrlName: 'emulator',
        UniqueName: 'emulator',
        State: 'Enabled',
      },
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
