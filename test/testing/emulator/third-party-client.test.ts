/**
 * A client of Dataverse that is not ours and knows nothing of the emulator: `dynamics-web-api`. What it asks for is
 * answered as Dataverse would, or refused by its name.
 */
import { DynamicsWebApi } from 'dynamics-web-api';
import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { ENTER, PAY } from './helpers';

const MEBIBYTE = 1024 * 1024;
const LARGE = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e09';

let emulator: Emulator;
let dataverse: DynamicsWebApi;

beforeEach(async () => {
  emulator = await startEmulator({
    cancelDelay: 0,
    flows: {
      flows: [
        {
          id: ENTER,
          name: 'Enter invoice',
          duration: 0,
          result: { Booking: 'B-{{inputs.Invoice}}', Umlaut: 'ä' },
        },
        { id: PAY, name: 'Pay invoice', duration: '1h' },
        { id: LARGE, name: 'Large', duration: 0, resultSize: 9 * MEBIBYTE + 1 },
      ],
      machines: [
        { name: 'Robot 1', connections: ['robots'], sessions: 2 },
        { name: 'Robot 2', connections: ['robots', 'others'], online: false },
      ],
      connectionReferences: { new_robots: 'robots' },
    },
  });
  dataverse = new DynamicsWebApi({
    serverUrl: emulator.url,
    dataApi: { version: '9.2' },
    onTokenRefresh: async () => emulator.bearerToken,
  });
});

afterEach(() => emulator.close());

async function trigger(flowId = ENTER, invoice = 1): Promise<string> {
  const { flowsessionId } = await dataverse.callAction<{ flowsessionId: string }>({
    collection: 'workflows',
    key: flowId,
    actionName: 'Microsoft.Dynamics.CRM.RunDesktopFlow',
    action: {
      runMode: 'unattended',
      connectionName: 'robots',
      inputs: JSON.stringify({ Invoice: invoice }),
    },
  });
  return flowsessionId;
}

/** What a call is refused with. */
async function refusal(
  call: Promise<unknown>,
): Promise<{ status?: number; code?: string; message?: string }> {
  return call.then(
    (value) => ({ message: `answered ${JSON.stringify(value)}` }),
    (error) => error,
  );
}

describe('runs', () => {
  it('are started, read and cancelled', async () => {
    const id = await trigger(PAY);
    const read = () => dataverse.retrieve({ collection: 'flowsessions', key: id, select: ['statuscode'] });
    await expect(read()).resolves.toMatchObject({ statuscode: 2, flowsessionid: id });
    await dataverse.callAction({
      collection: 'flowsessions',
      key: id,
      actionName: 'Microsoft.Dynamics.CRM.CancelDesktopFlowRun',
    });
    await expect(read()).resolves.toMatchObject({ statuscode: 7 });
  });

  it('are queried, sorted, counted and read page by page', async () => {
    for (const invoice of [1, 2, 3, 4, 5]) await trigger(ENTER, invoice);
    await trigger(PAY);
    const filter = `_regardingobjectid_value eq ${ENTER}`;
    const first = await dataverse.retrieveMultiple({
      collection: 'flowsessions',
      select: ['statuscode', 'createdon'],
      filter,
      orderBy: ['createdon desc'],
      maxPageSize: 2,
      count: true,
      includeAnnotations: '*',
    });
    expect(first).toMatchObject({ oDataCount: 5, value: [{ statuscode_Formatted: 'Succeeded' }, {}] });
    expect(first.oDataNextLink).toBeDefined();
    const all = await dataverse.retrieveAll({
      collection: 'flowsessions',
      select: ['flowsessionid'],
      filter,
      maxPageSize: 2,
    });
    expect(new Set(all.value.map(({ flowsessionid }) => flowsessionid)).size).toBe(5);
    await expect(dataverse.count({ collection: 'flowsessions', filter })).resolves.toBe(5);
    await expect(dataverse.count({ collection: 'flowsessions' })).resolves.toBe(6);
    await expect(
      dataverse.countAll({ collection: 'flowsessions', filter, select: ['flowsessionid'] }),
    ).resolves.toBe(5);
  });

  it('show who asks, and which flows there are', async () => {
    await expect(dataverse.callFunction('WhoAmI')).resolves.toHaveProperty('UserId');
    const { value } = await dataverse.retrieveMultiple({
      collection: 'workflows',
      filter: 'category eq 6',
      select: ['name'],
    });
    expect(value.map(({ name }) => name)).toEqual(['Enter invoice', 'Pay invoice', 'Large']);
  });
});

describe('files', () => {
  const download = (key: string, property: string) =>
    dataverse.downloadFile({ collection: 'flowsessions', key, property });

  it('come in the way of the client, outputs and inputs', async () => {
    const id = await trigger(ENTER, 4711);
    const outputs = await download(id, 'outputs');
    expect(outputs).toMatchObject({ fileName: 'outputs.json', fileSize: outputs.data?.length });
    expect(JSON.parse(outputs.data?.toString() ?? '')).toEqual({ Booking: 'B-4711', Umlaut: 'ä' });
    const inputs = await download(id, 'inputs');
    expect(JSON.parse(inputs.data?.toString() ?? '')).toEqual({ Invoice: 4711 });
  });

  it('come in chunks where they are large', async () => {
    const { data, fileSize } = await download(await trigger(LARGE), 'outputs');
    expect(fileSize).toBe(9 * MEBIBYTE + 1);
    expect(data?.length).toBe(fileSize);
    expect(() => JSON.parse(data?.toString() ?? '')).not.toThrow();
    expect(emulator.seen.counts.outputs).toBe(3);
  });

  it('that are not there are said to be missing', async () => {
    await expect(refusal(download(await trigger(PAY), 'outputs'))).resolves.toMatchObject({
      status: 404,
      message: expect.stringContaining('No file attachment found for attribute: outputs'),
    });
  });
});

describe('machines and connection references', () => {
  it('list the machines of the flows file, with when they were last heard', async () => {
    const id = await trigger(PAY);
    const { value } = await dataverse.retrieveMultiple({
      collection: 'flowmachines',
      select: ['name', 'sessioncapacity', 'lastheartbeatdate', 'hostingtype', 'statecode'],
      orderBy: ['name'],
      includeAnnotations: 'OData.Community.Display.V1.FormattedValue',
    });
    expect(value).toMatchObject([
      { name: 'Robot 1', sessioncapacity: 2, hostingtype_Formatted: 'Customer', statecode: 0 },
      { name: 'Robot 2', sessioncapacity: 1 },
    ]);
    const [online, offline] = value.map(({ lastheartbeatdate }) => Number(lastheartbeatdate));
    expect(online).toBeGreaterThan(offline as number);
    const session = await dataverse.retrieve({
      collection: 'flowsessions',
      key: id,
      select: ['_machineid_value'],
    });
    const machine = await dataverse.retrieve({
      collection: 'flowmachines',
      key: session._machineid_value,
      select: ['name'],
    });
    expect(machine).toMatchObject({ name: 'Robot 1' });
  });

  it('list where a connection reference leads', async () => {
    const { value } = await dataverse.retrieveMultiple({
      collection: 'connectionreferences',
      filter: "connectionreferencelogicalname eq 'new_robots'",
    });
    expect(value).toMatchObject([
      { connectionid: 'robots', connectorid: expect.stringContaining('shared_uiflow'), statecode: 0 },
    ]);
    await expect(
      dataverse.retrieve({ collection: 'connectionreferences', key: value[0]?.connectionreferenceid }),
    ).resolves.toMatchObject({ connectionreferencelogicalname: 'new_robots' });
  });

  it('are read only, and know no other rows', async () => {
    const key = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4eff';
    await expect(refusal(dataverse.retrieve({ collection: 'flowmachines', key }))).resolves.toMatchObject({
      status: 404,
      code: '0x80040217',
      message: `Entity 'flowmachine' With Id = ${key} Does Not Exist`,
    });
    const update = dataverse.update({ collection: 'flowmachines', key, data: { name: 'Mine' } });
    await expect(refusal(update)).resolves.toMatchObject({ status: 405 });
  });
});

describe('what the emulator does not have is refused by its name', () => {
  const GUID = '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4eff';
  const sessions = (options: object) =>
    dataverse.retrieveMultiple({ collection: 'flowsessions', ...options });
  const fetchXml = '<fetch><entity name="flowsession"><attribute name="statuscode"/></entity></fetch>';

  it.each<[string, () => Promise<unknown>]>([
    ['the query parameter fetchXml', () => dataverse.fetch({ collection: 'flowsessions', fetchXml })],
    ['the query parameter savedQuery', () => sessions({ savedQuery: GUID })],
    ['the query parameter userQuery', () => sessions({ userQuery: GUID })],
    ['the query parameter $apply', () => sessions({ apply: 'groupby((statuscode))' })],
    ['$metadata', () => dataverse.retrieveCsdlMetadata()],
    ['EntityDefinitions', () => dataverse.retrieveEntities({ select: ['LogicalName'] })],
    [
      '$batch',
      () => {
        dataverse.startBatch();
        sessions({ select: ['statuscode'] });
        sessions({ select: ['createdon'] });
        return dataverse.executeBatch();
      },
    ],
  ])('%s', async (what, call) => {
    await trigger();
    await expect(refusal(call())).resolves.toMatchObject({
      status: 501,
      code: '0x80004001',
      message: `The emulator does not support ${what}.`,
    });
  });

  it('a batch that the client makes of a long request by itself', async () => {
    const filter = Array.from({ length: 60 }, () => `flowsessionid eq ${GUID}`).join(' or ');
    await expect(refusal(sessions({ filter }))).resolves.toMatchObject({
      status: 501,
      message: 'The emulator does not support $batch.',
    });
  });

  it('options that nobody knows, tables, and what hangs below a row', async () => {
    await expect(refusal(sessions({ queryParams: ['$skip=1'] }))).resolves.toMatchObject({
      status: 400,
      message: 'The query parameter $skip is not supported',
    });
    await expect(refusal(dataverse.retrieveMultiple({ collection: 'accounts' }))).resolves.toMatchObject({
      status: 404,
      message: "Resource not found for the segment 'accounts'.",
    });
    const below = dataverse.retrieve({
      collection: 'flowsessions',
      key: GUID,
      navigationProperty: 'flowevent_flowsession',
    });
    await expect(refusal(below)).resolves.toMatchObject({
      status: 404,
      message: "Resource not found for the segment 'flowevent_flowsession'.",
    });
  });
});
