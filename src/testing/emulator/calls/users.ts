/** HOST, development only: reads the application user and its roles (Microsoft: entities/systemuser, entities/role). */
import { type Answer, doesNotExist } from '../odata/answers';
import { readOne } from '../odata/read';
import { ROLES, type Row, SYSTEM_USERS } from '../odata/table';
import { type Call, idOf, readOptions, readRequest } from './call';

/** Of a user for non-interactive access, as application users are. */
const NON_INTERACTIVE = 4;

/** That of the caller is the only user there is. */
export function readUser(call: Call): Answer {
  const { identity } = call.world;
  const id = idOf(call, 'systemuserid');
  if (id !== identity.UserId) throw doesNotExist('systemuser', id);
  return readOne(SYSTEM_USERS, userRow(call), readRequest(call), {
    ...readOptions(call),
    expansions: { systemuserroles_association: { table: ROLES, rows: () => [roleRow(call)] } },
  });
}

function userRow({ world }: Call): Row {
  const { UserId, BusinessUnitId } = world.identity;
  return {
    systemuserid: UserId,
    fullname: '# Temporal workers',
    applicationid: world.settings.clientId,
    isdisabled: false,
    accessmode: NON_INTERACTIVE,
    _businessunitid_value: BusinessUnitId,
    versionnumber: 1_000_000,
  };
}

function roleRow({ world }: Call): Row {
  return { roleid: world.identity.BusinessUnitId, name: 'Desktop flow runner', versionnumber: 1_000_000 };
}
