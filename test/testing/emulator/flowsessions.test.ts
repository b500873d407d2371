import type { Emulator } from '../../../src/testing/emulator';
import { startEmulator } from '../../../src/testing/emulator';
import {
  call,
  ENTER,
  idsFor,
  json,
  NOW,
  PAY,
  query,
  start,
  startWithClock,
  statusOf,
  trigger,
} from './helpers';

const CALLBACK = "https://callback.example.com/o'brien?key=1";

let emulator: Emulator;
let pass: (ms: number) => void;
let first: string;
let second: string;
beforeAll(async () => {
  ({ emulator, pass } = await startWithClock());
  first = await start(emulator, { callbackUrl: CALLBACK, inputs: '{"InvoiceNumber":"R-1"}' });
  pass(2500);
  second = await start(emulator, { connectionName: 'other' }, PAY);
});
afterAll(() => emulator.close());

const message = async (response: Promise<Response>) => {
  const { error } = await json(response);
  return [(await response).status, error.code, error.message];
};

describe('one run', () => {
  test('has the selected columns, its key unasked, an etag and the OData headers', async () => {
    const response = await call(
      emulator,
      `flowsessions(${first})?$select=statuscode,statecode,startedon,completedon`,
    );
    expect(response.headers.get('content-type')).toBe('application/json; odata.metadata=minimal');
    expect(response.headers.get('odata-version')).toBe('4.0');
    expect(await response.json()).toEqual({
      '@odata.context': `${emulator.url}/api/data/v9.2/$metadata#flowsessions(statuscode,statecode,startedon,completedon)/$entity`,
      '@odata.etag': expect.stringMatching(/^W\/"\d+"$/),
      statuscode: 2,
      statecode: 0,
      startedon: '2026-03-02T08:00:00Z',
      completedon: null,
      flowsessionid: first,
    });
  });

  test('is found by an upper-case GUID and by its named key', async () => {
    expect(await statusOf(emulator, first.toUpperCase())).toBe(2);
    expect(await statusOf(emulator, `flowsessionid=${first}`)).toBe(2);
  });

  test('shows the file id and not the content in a File column', async () => {
    const row = await json(call(emulator, `flowsessions(${first})?$select=inputs,inputs_name,outputs`));
    expect(row).toMatchObject({
      inputs: expect.stringMatching(/^[0-9a-f-]{36}$/),
      inputs_name: 'inputs.json',
      outputs: null,
    });
  });

  test('that does not exist is 404 0x80040217', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect(await message(call(emulator, `flowsessions(${id})`))).toEqual([
      404,
      '0x80040217',
      `Entity 'flowsession' With Id = ${id} Does Not Exist`,
    ]);
  });

  test.each(['nonsense', 'createdby', 'flowsessionId'])(
    'with the unknown column %s is 400 0x80060888',
    async (column) => {
      expect(await message(call(emulator, `flowsessions(${first})?$select=${column}`))).toEqual([
        400,
        '0x80060888',
        `Could not find a property named '${column}' on type 'Microsoft.Dynamics.CRM.flowsession'.`,
      ]);
    },
  );

  test('brings along the metadata of its files', async () => {
    const path = `flowsessions(${first})?$select=flowsessionid&$expand=flowsession_FileAttachments($select=mimetype,filesizeinbytes,filename,regardingfieldname)`;
    const { flowsession_FileAttachments } = await json(call(emulator, path));
    expect(flowsession_FileAttachments).toMatchObject([
      { filesizeinbytes: 23, filename: 'inputs.json', regardingfieldname: 'inputs' },
    ]);
    expect((await call(emulator, `flowsessions(${first})?$expand=MachineIdx`)).status).toBe(400);
  });

  test('has labels where annotations are asked for', async () => {
    const headers = { Prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' };
    const response = await call(emulator, `flowsessions(${first})?$select=statuscode`, { headers });
    expect(response.headers.get('preference-applied')).toBe(headers.Prefer);
    expect(await response.json()).toMatchObject({
      statuscode: 2,
      'statuscode@OData.Community.Display.V1.FormattedValue': 'Running',
    });
  });

  test.each([
    [false, 200],
    [true, 304],
  ])('is answered with 304 only where that is switched on (%s)', async (notModified, status) => {
    const own = await startEmulator({ notModified });
    const path = `flowsessions(${await start(own)})?$select=statuscode`;
    const etag = (await json(call(own, path)))['@odata.etag'];
    expect((await call(own, path, { headers: { 'If-None-Match': etag } })).status).toBe(status);
    expect((await call(own, path, { headers: { 'If-None-Match': 'null' } })).status).toBe(200);
    await own.close();
  });
});

describe('filters', () => {
  test.each([
    ['callbackurl', () => `callbackurl eq '${CALLBACK.replaceAll("'", "''")}'`],
    ['text without regard to case', () => `callbackurl eq '${CALLBACK.toUpperCase().replaceAll("'", "''")}'`],
    ['flow', () => `_regardingobjectid_value eq ${ENTER.toUpperCase()}`],
    ['creation before a time', () => `createdon lt ${new Date(NOW + 1000).toISOString()}`],
    ['connection', () => "connectionid eq 'shared-connection'"],
    ['several conditions', () => `triggertype eq 3 and (statuscode eq 2 and connectionid ne 'other')`],
    [
      'and before or',
      () => "connectionid eq 'shared-connection' or statuscode eq 2 and connectionid eq 'none'",
    ],
    ['not', () => "not (connectionid eq 'other')"],
    ['contains', () => "contains(callbackurl,'EXAMPLE')"],
    ['startswith', () => "startswith(connectionid,'shared')"],
    ['endswith', () => "endswith(connectionid,'connection')"],
    ['a file that exists', () => 'inputs ne null'],
    [
      'in with single quotes',
      () => `Microsoft.Dynamics.CRM.In(PropertyName='flowsessionid',PropertyValues=['${first}'])`,
    ],
    [
      'in with double quotes',
      () => `Microsoft.Dynamics.CRM.In(PropertyName='flowsessionid',PropertyValues=["${first}"])`,
    ],
    [
      'not in',
      () => `Microsoft.Dynamics.CRM.NotIn(PropertyName='flowsessionid',PropertyValues=["${second}"])`,
    ],
    [
      'in on a number',
      () =>
        `Microsoft.Dynamics.CRM.In(PropertyName='statuscode',PropertyValues=["2"]) and connectionid ne 'other'`,
    ],
  ])('find by %s', async (_case, filter) => {
    expect(await idsFor(emulator, { $filter: filter() })).toEqual([first]);
  });

  test('take aliases, also for the parameters of In', async () => {
    const filter = 'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2) and connectionid eq @p3';
    const aliases = { '@p1': "'flowsessionid'", '@p2': `["${first}","${second}"]`, '@p3': "'other'" };
    expect(await idsFor(emulator, { $filter: filter, ...aliases })).toEqual([second]);
  });

  test('treat an alias without a value as null', async () => {
    expect(await idsFor(emulator, { $filter: 'callbackurl eq @none' })).toEqual([second]);
  });

  test('leave out ids that do not exist', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(
      await idsFor(emulator, { $filter: `flowsessionid eq ${unknown} or flowsessionid eq ${second}` }),
    ).toEqual([second]);
  });

  test('see createdon in whole seconds, so a time with milliseconds can miss a row of that second', async () => {
    expect(await idsFor(emulator, { $filter: 'createdon ge 2026-03-02T08:00:02.500Z' })).toEqual([]);
    expect(await idsFor(emulator, { $filter: 'createdon ge 2026-03-02T08:00:02Z' })).toEqual([second]);
  });

  test("take a plus sign for a blank, as in Microsoft's samples", async () => {
    const { value } = await json(call(emulator, 'flowsessions?$select=name&$filter=statuscode+eq+2'));
    expect(value).toHaveLength(2);
  });

  test.each([
    ['statuscode eq', 'Syntax error at position 13'],
    ['statuscode eq 2)', 'Syntax error at position 15'],
    ['(statuscode eq 2', 'Syntax error at position 16'],
    ['statuscode eq #', 'Syntax error at position 14'],
    ['', 'Syntax error at position 0'],
    ['statuscode is 2', "The operator 'is' is not known"],
    ['toString eq 2', "Could not find a property named 'toString'"],
    ["statuscode eq '2'", "'statuscode' is Edm.Int32, 2 is not"],
    ["flowsessionid eq '00000000-0000-4000-8000-000000000000'", "'flowsessionid' is Edm.Guid"],
    ["outputs eq 'x'", "'outputs' is Edm.File"],
    ["substringof('x',name)", 'Syntax error at position 12'],
    ["length(name,'x')", "An unknown function with name 'length'"],
    [
      "Microsoft.Dynamics.CRM.In(PropertyName='nonsense',PropertyValues=['x'])",
      "Could not find a property named 'nonsense'",
    ],
    [
      "not Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['x'])",
      'Not operator along with the Custom Named Condition operators is not allowed',
    ],
    [
      `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['${'x'.repeat(851)}'])`,
      'longer than 850 characters',
    ],
    [`${'('.repeat(10_000)}statuscode eq 2`, 'nested too deeply'],
  ])('refuse %.60s', async (filter, reason) => {
    const [status, code, text] = await message(query(emulator, { $filter: filter }));
    expect([status, code]).toEqual([400, '0x80060888']);
    expect(text).toContain(reason);
  });

  test('may have 500 conditions and not one more', async () => {
    const filter = (count: number) => Array(count).fill('statuscode eq 2').join(' or ');
    expect((await query(emulator, { $filter: filter(500) })).status).toBe(200);
    expect(await message(query(emulator, { $filter: filter(501) }))).toEqual([
      400,
      '0x8004430C',
      'Number of conditions in query exceeded maximum limit.',
    ]);
  });

  test('may have as many values in In as the options say', async () => {
    const few = await startEmulator({ limits: { valuesInIn: 2 } });
    const filter = `Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=["a","b","c"])`;
    expect((await message(query(few, { $filter: filter })))[1]).toBe('0x8004430E');
    await few.close();
  });
});

describe('lists', () => {
  test('are ordered, cut and counted', async () => {
    const body = await json(query(emulator, { $orderby: 'createdon desc', $top: '1', $count: 'true' }));
    expect(body.value.map((row: { flowsessionid: string }) => row.flowsessionid)).toEqual([second]);
    expect([body['@odata.count'], body['@odata.nextLink']]).toEqual([2, undefined]);
  });

  test('come in pages of odata.maxpagesize with a link that works', async () => {
    const headers = { Prefer: 'odata.maxpagesize=1', Authorization: `Bearer ${emulator.bearerToken}` };
    const response = await query(emulator, { $select: 'name', $orderby: 'createdon', $top: '1' }, headers);
    expect(response.headers.get('preference-applied')).toBe('odata.maxpagesize=1');
    const page = await json(response);
    const last = await json(fetch(page['@odata.nextLink'], { headers }));
    expect([page.value, last.value].flat()).toMatchObject([
      { flowsessionid: first },
      { flowsessionid: second },
    ]);
    expect(last['@odata.nextLink']).toBeUndefined();
  });

  test.each([
    '$skip=1',
    '$search=x',
    '$format=json',
    '$Filter=x',
    '$top=0',
    '$top=x',
    '$orderby=nonsense',
    '$orderby=name up',
    '$skiptoken=1',
  ])('with %s are 400', async (option) => {
    expect((await call(emulator, `flowsessions?${option}`)).status).toBe(400);
  });

  test('with a URL above 32,768 characters are refused', async () => {
    expect((await query(emulator, { $filter: `name eq '${'x'.repeat(32_000)}'` })).status).toBe(200);
    expect((await query(emulator, { $filter: `name eq '${'x'.repeat(32_768)}'` })).status).toBe(414);
  });
});

test('runs of others are told apart by creator and trigger type', async () => {
  const stranger = '11111111-0000-4000-8000-000000000000';
  const foreign = emulator.startForeignRun({ flowId: ENTER, createdBy: stranger, triggerType: 0 });
  expect(await idsFor(emulator, { $filter: `_createdby_value eq ${stranger}` })).toEqual([foreign]);
  expect(await idsFor(emulator, { $filter: 'triggertype eq 0' })).toEqual([foreign]);
  expect(await idsFor(emulator, { $filter: `_createdby_value eq ${emulator.userId}` })).toEqual([
    first,
    second,
  ]);
});

test('a caller with only User privileges starts runs that it can neither see nor cancel', async () => {
  const user = await startEmulator({ privileges: 'user' });
  expect((await trigger(user)).status).toBe(200);
  const [session] = user.seen.sessions;
  expect((await message(call(user, `flowsessions(${session?.id})`))).slice(0, 2)).toEqual([
    403,
    '0x80048306',
  ]);
  expect((await json(query(user, {}))).value).toEqual([]);
  await user.close();
});

test('a path that does not exist is 404, a method that does not fit is 405', async () => {
  expect(await message(call(emulator, 'flowsession'))).toEqual([
    404,
    '0x80060888',
    "Resource not found for the segment 'flowsession'.",
  ]);
  expect((await call(emulator, 'flowsessions', { method: 'POST' })).status).toBe(405);
});
