import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { SETUP_FAULTS, type SetupFault } from '../../../src/testing/emulator/setup/setup-faults';
import { call, ENTER, json, start, trigger } from './helpers';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({
    flows: {
      flows: [{ id: ENTER, name: 'Enter invoice' }],
      machines: [{ name: 'vm-1', connections: ['shared-connection'] }],
      connectionReferences: { new_invoices: 'shared-connection' },
    },
  });
});
afterEach(() => emulator.close());

const admin = (method: string, body?: unknown) =>
  fetch(`${emulator.url}/__emulator/setup-faults`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

const privilege = async (name: string) => {
  const path = `systemusers(${emulator.userId})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='${name}')`;
  return (await json(call(emulator, path))).RolePrivileges.map(({ Depth }: { Depth: string }) => Depth);
};

const first = async (path: string) => (await json(call(emulator, path))).value[0];

test.each<[SetupFault, string, number, string]>([
  ['addressBlocked', 'WhoAmI', 403, '0x80095ffe'],
  ['noApplicationUser', 'WhoAmI', 403, '0x80072560'],
  ['disabledUser', 'WhoAmI', 403, '0x80041d1f'],
  ['noRoles', 'workflows', 403, '0x80042f09'],
  ['noFlowPrivilege', 'workflows', 403, '0x80040220'],
  ['noRunPrivilege', 'flowsessions', 403, '0x80040220'],
  ['noMachinePrivilege', 'flowmachines', 403, '0x80040220'],
  ['callbackUrlNotFilterable', "flowsessions?$filter=contains(callbackurl,'x')", 400, '0x80060888'],
])('%s: %s is refused with %i %s, and no longer once it is cleared', async (fault, path, status, code) => {
  expect((await call(emulator, path)).status).toBe(200);
  emulator.breakSetUp(fault);
  const answer = await call(emulator, path);
  expect([answer.status, (await json(answer)).error.code]).toEqual([status, code]);
  emulator.breakSetUp([]);
  expect((await call(emulator, path)).status).toBe(200);
});

test('a user without roles is still who it is', async () => {
  emulator.breakSetUp('noRoles');
  expect(await json(call(emulator, 'WhoAmI'))).toMatchObject({ UserId: emulator.userId });
});

test('a privilege that is missing is not listed either', async () => {
  expect(await privilege('prvWriteflowsession')).toEqual(['Global']);
  emulator.breakSetUp('noCancelPrivilege');
  expect(await privilege('prvWriteflowsession')).toEqual([]);
  expect(await privilege('prvReadflowsession')).toEqual(['Global']);
  const id = await start(emulator);
  const path = `flowsessions(${id})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun`;
  expect((await call(emulator, path, { method: 'POST' })).status).toBe(403);
});

test('with its own runs alone, a user sees no others', async () => {
  const own = await start(emulator);
  emulator.startForeignRun({ flowId: ENTER, createdBy: ENTER });
  emulator.breakSetUp('ownRunsOnly');
  const { value } = await json(call(emulator, 'flowsessions?$select=flowsessionid'));
  expect(value.map(({ flowsessionid }: { flowsessionid: string }) => flowsessionid)).toEqual([own]);
  expect(await privilege('prvReadflowsession')).toEqual(['Basic']);
});

test('machines are missing, silent or over their capacity', async () => {
  expect(await first('flowmachines')).toMatchObject({ name: 'vm-1', overcapacitysince: null });
  emulator.breakSetUp(['silentMachines', 'machinesOverCapacity']);
  const { lastheartbeatdate, overcapacitysince } = await first('flowmachines');
  expect(Date.now() - Date.parse(lastheartbeatdate)).toBeGreaterThan(3_600_000);
  expect(Date.parse(overcapacitysince)).not.toBeNaN();
  emulator.breakSetUp('noMachines');
  expect(await first('flowmachines')).toBeUndefined();
});

test('connection references lead nowhere, or elsewhere', async () => {
  expect(await first('connectionreferences')).toMatchObject({ connectionid: 'shared-connection' });
  emulator.breakSetUp('unboundReferences');
  expect(await first('connectionreferences')).toMatchObject({ connectionid: null });
  emulator.breakSetUp('foreignReferences');
  expect((await first('connectionreferences')).connectorid).toMatch(/shared_office365$/);
});

test('the clock is ten minutes ahead', async () => {
  emulator.breakSetUp('clockAhead');
  const { headers } = await call(emulator, 'WhoAmI');
  expect(Date.parse(headers.get('date') ?? '') - Date.now()).toBeGreaterThan(9 * 60_000);
});

test('the user has its row, with its roles', async () => {
  const path = `systemusers(${emulator.userId})?$select=fullname,isdisabled&$expand=systemuserroles_association($select=name)`;
  expect(await json(call(emulator, path))).toMatchObject({
    isdisabled: false,
    systemuserroles_association: [{ name: 'Desktop flow runner' }],
  });
});

test('machine groups are there where each connection has a machine of its own', async () => {
  expect(await first('flowmachinegroups')).toBeUndefined();
  const open = await startEmulator();
  const { value } = await json(call(open, 'flowmachinegroups?$select=name'));
  await open.close();
  expect(value).toHaveLength(1);
});

test('a cloud flow is listed, and cannot be run', async () => {
  emulator.addFlow({ id: ENTER, name: 'A cloud flow', category: 'cloud' });
  expect(await first('workflows?$filter=category eq 5')).toMatchObject({ workflowid: ENTER });
  expect((await trigger(emulator)).status).toBe(400);
});

test('over HTTP they are added, told and cleared; an unknown one is refused', async () => {
  expect((await admin('POST', [...SETUP_FAULTS])).status).toBe(204);
  expect((await json(fetch(`${emulator.url}/__emulator/state`))).setupFaults).toEqual([...SETUP_FAULTS]);
  expect((await admin('DELETE')).status).toBe(204);
  expect((await admin('POST', 'noRoles')).status).toBe(204);
  expect((await json(fetch(`${emulator.url}/__emulator/state`))).setupFaults).toEqual(['noRoles']);
  const refused = await admin('POST', 'noMoney');
  expect([refused.status, (await json(refused)).error]).toEqual([
    400,
    expect.stringContaining('fault of the set-up'),
  ]);
  emulator.reset();
  expect((await json(fetch(`${emulator.url}/__emulator/state`))).setupFaults).toEqual([]);
});
