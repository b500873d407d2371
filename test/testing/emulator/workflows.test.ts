import { type Emulator, startEmulator } from '../../../src/testing/emulator';
import { call, json } from './helpers';

const ID = 'a0000000-0000-4000-8000-000000000001';
const DRAFT = 'a0000000-0000-4000-8000-000000000002';
const UNPUBLISHED = { headers: { 'MSCRM.IncludeUnpublished': 'true' } };

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({
    flows: {
      flows: [
        {
          id: ID,
          name: 'Zebra',
          inputs: { Text: 'string', Count: { type: 'number', description: 'How many' } },
          outputs: { Sum: 'number' },
        },
        { id: DRAFT, name: 'Antelope', published: false },
      ],
    },
  });
});
afterAll(() => emulator.close());

const LIST = 'workflows?$filter=category+eq+6&$select=name,workflowid&$orderby=name';

test('the list holds published flows with their etags', async () => {
  expect(await json(call(emulator, LIST))).toEqual({
    '@odata.context': `${emulator.url}/api/data/v9.2/$metadata#workflows(name,workflowid)`,
    value: [{ '@odata.etag': expect.stringMatching(/^W\/"\d+"$/), name: 'Zebra', workflowid: ID }],
  });
});

test('drafts are listed and found only with MSCRM.IncludeUnpublished', async () => {
  const { value } = await json(call(emulator, LIST, UNPUBLISHED));
  expect(value.map(({ name }: { name: string }) => name)).toEqual(['Antelope', 'Zebra']);
  expect((await call(emulator, `workflows(${DRAFT})`)).status).toBe(404);
  expect(
    await json(call(emulator, `workflows(${DRAFT})?$select=name,componentstate`, UNPUBLISHED)),
  ).toMatchObject({
    name: 'Antelope',
    componentstate: 1,
  });
});

test('only desktop flows are of category 6', async () => {
  expect((await json(call(emulator, 'workflows?$filter=category eq 5'))).value).toEqual([]);
});

test('schemas are raw text in which defaults and values are strings, of numbers too', async () => {
  expect(await json(call(emulator, `workflows(${ID})/inputs/$value`))).toEqual({
    schema: {
      properties: {
        Text: { default: '', description: '', format: null, title: 'Text', type: 'string', value: '' },
        Count: {
          default: '',
          description: 'How many',
          format: null,
          title: 'Count',
          type: 'number',
          value: '0',
        },
      },
      type: 'object',
    },
  });
  const { schema } = await json(call(emulator, `workflows(${ID})/outputs/$value`));
  expect(schema.properties.Sum.value).toBeNull();
});

test('schemas come as JSON text inside the list too', async () => {
  const { value } = await json(call(emulator, 'workflows?$select=inputs'));
  expect(Object.keys(JSON.parse(value[0].inputs).schema.properties)).toEqual(['Text', 'Count']);
});

test('a flow without a schema answers 204', async () => {
  const response = await call(emulator, `workflows(${DRAFT})/inputs/$value`, UNPUBLISHED);
  expect([response.status, await response.text()]).toEqual([204, '']);
});

test('WhoAmI answers three ids, with and without parentheses', async () => {
  const guid = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const me = await json(call(emulator, 'WhoAmI'));
  expect(me).toEqual({
    '@odata.context': `${emulator.url}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: guid,
    UserId: emulator.userId,
    OrganizationId: guid,
  });
  expect(await json(call(emulator, 'WhoAmI()'))).toEqual(me);
});

test('answers carry the headers of the service', async () => {
  const { headers } = await call(emulator, 'WhoAmI');
  const [, second] = headers.get('x-ms-service-request-id')?.split(', ') ?? [];
  expect(second).toBe(headers.get('req_id'));
  expect(headers.get('x-ms-ratelimit-time-remaining-xrm-requests')).toMatch(/^1,1\d\d\.\d\d$|^1,200\.00$/);
  expect(Number(headers.get('x-ms-ratelimit-burst-remaining-xrm-requests'))).toBeLessThan(6000);
  expect(headers.getSetCookie()).toHaveLength(3);
  expect(headers.get('x-ms-dop-hint')).toBe('48');
});

test('errors carry annotations where they are asked for', async () => {
  const path = 'workflows(00000000-0000-4000-8000-000000000000)';
  const plain = await json(call(emulator, path));
  const full = await json(call(emulator, path, { headers: { Prefer: 'odata.include-annotations="*"' } }));
  expect(Object.keys(plain.error)).toEqual(['code', 'message']);
  expect(full.error['@Microsoft.PowerApps.CDS.HelpLink']).toContain('Microsoft.Crm.CrmException%3a80040217');
});
