/** HOST, development only: lists machines, and the connection references that lead to them (Microsoft: entities). */
import { type Answer, doesNotExist } from '../odata/answers';
import { readMany, readOne } from '../odata/read';
import { CONNECTION_REFERENCES, MACHINE_GROUPS, MACHINES, type Row, type Table } from '../odata/table';
import { timestamp } from '../runs/run';
import { type Call, type Handler, idOf, readOptions, readRequest } from './call';

/** The connector of desktop flows, whose name is in the address of a connection's page. */
const CONNECTOR = '/providers/Microsoft.PowerApps/apis/shared_uiflow';

const OTHER_CONNECTOR = '/providers/Microsoft.PowerApps/apis/shared_office365';

/** How long a machine has been silent that is not online. How often machines report is not documented. */
const SILENT_MS = 24 * 60 * 60_000;

export const listMachines = listOf(MACHINES, machineRows);
export const readMachine = oneOf(MACHINES, machineRows);
export const listMachineGroups = listOf(MACHINE_GROUPS, groupRows);
export const listConnectionReferences = listOf(CONNECTION_REFERENCES, referenceRows);
export const readConnectionReference = oneOf(CONNECTION_REFERENCES, referenceRows);

function listOf(table: Table, rows: (call: Call) => Row[]): Handler {
  return (call) => readMany(table, rows(call), readRequest(call), readOptions(call));
}

function oneOf(table: Table, rows: (call: Call) => Row[]): Handler {
  return (call): Answer => {
    const id = idOf(call, table.key);
    const row = rows(call).find((each) => each[table.key] === id);
    if (row === undefined) throw doesNotExist(table.logicalName, id);
    return readOne(table, row, readRequest(call), readOptions(call));
  };
}

function machineRows(call: Call): Row[] {
  const { runs, settings, setupFaults } = call.world;
  if (setupFaults.has('noMachines')) return [];
  const now = settings.now();
  const isSilent = setupFaults.has('silentMachines');
  return runs.machines.all.map(({ id, name, sessions, online, silentFor, agentVersion }) => ({
    flowmachineid: id,
    name,
    hostingtype: 0,
    keydeliverystatus: 1,
    sessioncapacity: sessions,
    agentversion: agentVersion ?? null,
    lastheartbeatdate: timestamp(now - (silentFor ?? (online && !isSilent ? 0 : SILENT_MS))),
    overcapacitysince: setupFaults.has('machinesOverCapacity') ? timestamp(now) : null,
    ...common(call),
  }));
}

/** Where each connection has a machine of its own, made when it is needed: that is what a hosted group does. */
function groupRows(call: Call): Row[] {
  const { runs, setupFaults, identity } = call.world;
  if (!runs.machines.isOpen || setupFaults.has('noMachines')) return [];
  return [{ flowmachinegroupid: identity.OrganizationId, name: 'Hosted machines', ...common(call) }];
}

function referenceRows(call: Call): Row[] {
  const { runs, setupFaults } = call.world;
  return runs.machines.references.map(({ id, logicalName, connection }) => ({
    connectionreferenceid: id,
    connectionreferencelogicalname: logicalName,
    connectionreferencedisplayname: logicalName,
    connectionid: setupFaults.has('unboundReferences') ? null : connection,
    connectorid: setupFaults.has('foreignReferences') ? OTHER_CONNECTOR : CONNECTOR,
    componentstate: 0,
    ...common(call),
  }));
}

function common({ world }: Call): Row {
  const { UserId, BusinessUnitId } = world.identity;
  return {
    statecode: 0,
    statuscode: 1,
    _ownerid_value: UserId,
    _owninguser_value: UserId,
    _owningbusinessunit_value: BusinessUnitId,
    versionnumber: 1_000_000,
  };
}
