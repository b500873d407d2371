import { randomUUID } from 'node:crypto';
import type { Emulator, EmulatorOptions, FlowDefinition } from '../../../src/testing/emulator';
import { call, ENTER, json, start, startWithClock } from './helpers';

let emulator: Emulator;
let pass: (ms: number) => void;
afterEach(() => emulator.close());

async function run(definition: Partial<FlowDefinition>, options: EmulatorOptions = {}): Promise<string> {
  ({ emulator, pass } = await startWithClock(options));
  emulator.addFlow({ id: ENTER, name: 'Robot', duration: '3s', ...definition });
  return start(emulator, { inputs: '{"Invoice":"R-1"}', connectionName: randomUUID() });
}

const file = (id: string) => call(emulator, `flowsessions(${id})/additionalcontext/$value`);
const rows = (id: string, query = '') =>
  call(emulator, `flowsessions(${id})/flowsession_flowlog_parentobjectid${query}`);
const row = (id: string, columns: string) => json(call(emulator, `flowsessions(${id})?$select=${columns}`));

const ACTIONS: NonNullable<FlowDefinition['actionLog']>['actions'] = [
  { name: 'Open', status: 'Succeeded' },
  { name: 'Type', status: 'Failed', text: 'no {{inputs.Invoice}}' },
];
const LOGGED = [ACTIONS[0], { ...ACTIONS[1], text: 'no R-1' }];

test('version 1 is a file of the run with a list of actions, once the run has ended', async () => {
  const id = await run({ ends: 'Failed', actionLog: { actions: ACTIONS } });
  expect((await file(id)).status).toBe(404);
  expect(await row(id, 'additionalcontext')).toMatchObject({ additionalcontext: null });
  pass(3000);
  expect(await json(file(id))).toEqual({ actions: LOGGED });
  expect(await row(id, 'additionalcontext,additionalcontext_name')).toMatchObject({
    additionalcontext: expect.stringMatching(/^[0-9a-f-]{36}$/),
    additionalcontext_name: 'additionalcontext.json',
  });
  expect((await json(rows(id))).value).toEqual([]);
});

test('version 2 is rows of flowlog, which tell which action failed, and what happened in the queue', async () => {
  const queueEvents = [{ type: 'DesktopFlowRunQueued' as const, data: { position: 2 } }];
  const id = await run({ ends: 'Failed', actionLog: { version: 'v2', actions: ACTIONS, queueEvents } });
  pass(3000);
  expect((await file(id)).status).toBe(404);
  const { value } = await json(rows(id, '?$select=type,level,data&$orderby=createdon desc'));
  expect(
    value.map(({ type, level, data }: { type: number; level: number; data: string }) => [
      type,
      level,
      JSON.parse(data),
    ]),
  ).toEqual([
    [100_000_001, 100_000_004, LOGGED[1]],
    [100_000_001, 100_000_002, LOGGED[0]],
    [100_000_003, 100_000_002, { position: 2 }],
  ]);
});

test('both may be kept, both may be late, and a run that succeeds may leave none', async () => {
  const id = await run({
    ends: ['Failed', 'Succeeded'],
    actionLog: { version: 'both', actions: ACTIONS, delay: '5s', ofSuccess: false },
  });
  pass(7999);
  expect([(await file(id)).status, (await json(rows(id))).value]).toEqual([404, []]);
  pass(1);
  expect([(await file(id)).status, (await json(rows(id))).value.length]).toEqual([200, 2]);
  const second = await start(emulator, { inputs: '{"Invoice":"R-1"}', connectionName: randomUUID() });
  pass(60_000);
  expect([(await file(second)).status, (await json(rows(second))).value]).toEqual([404, []]);
});

test('an environment may lack the table', async () => {
  const id = await run({}, { flowLogTable: false });
  const { error } = await json(rows(id));
  expect(error.message).toBe("Resource not found for the segment 'flowsession_flowlog_parentobjectid'.");
});

test.each([
  ['milliseconds', 3000, 0, 3000],
  ['seconds', 3, 0, 3],
  ['none', null, null, null],
] as const)('durations come in %s', async (durations, runduration, runwaitduration, runexecutionduration) => {
  const id = await run({ ends: { status: 'Failed', errorInnerError: 'deep' } }, { durations });
  pass(3000);
  const columns = 'runduration,runwaitduration,runexecutionduration,errorinnererror';
  expect(await row(id, columns)).toMatchObject({
    runduration,
    runwaitduration,
    runexecutionduration,
    errorinnererror: 'deep',
  });
});

test('a machine tells how long ago it reported, and its version', async () => {
  const machines = [{ name: 'Robot 1', connections: ['a'], silentFor: '10m', agentVersion: '2.49' }];
  await run({}, { flows: { flows: [], machines } }).catch(() => undefined);
  const { value } = await json(call(emulator, 'flowmachines?$select=name,agentversion,lastheartbeatdate'));
  expect(value).toMatchObject([
    { name: 'Robot 1', agentversion: '2.49', lastheartbeatdate: '2026-03-02T07:50:00Z' },
  ]);
});

test.each([
  "AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'",
  "AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Internet')",
])('the environment is told for RetrieveCurrentOrganization(%s', async (parameters) => {
  await run({}, { environmentId: 'Default-1' });
  const { Detail } = await json(call(emulator, `RetrieveCurrentOrganization(${parameters}`));
  expect(Detail).toMatchObject({ EnvironmentId: 'Default-1', OrganizationId: expect.any(String) });
  expect(emulator.environmentId).toBe('Default-1');
});

test('another access type is refused', async () => {
  await run({});
  const answer = await call(emulator, "RetrieveCurrentOrganization(AccessType='Default')");
  expect(answer.status).toBe(400);
});
