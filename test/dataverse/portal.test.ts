import { portalLinks } from '../../src/dataverse/portal';
import { clientOf, closeServers, FLOW_ID, SESSION_ID, serve } from './scripted-server';

afterEach(closeServers);

const ENVIRONMENT = 'Default-3041a058-5110-495a-a575-b2a5571d9eac';

it.each([
  ['https://contoso.crm4.dynamics.com', 'make.powerautomate.com'],
  ['https://contoso.api.crm.dynamics.com', 'make.powerautomate.com'],
  ['https://contoso.crm9.dynamics.com', 'make.gov.powerautomate.us'],
  ['https://contoso.crm.microsoftdynamics.us', 'make.high.powerautomate.us'],
  ['https://contoso.crm.appsplatform.us', 'make.powerautomate.appsplatform.us'],
  ['https://contoso.crm.dynamics.cn', 'make.powerautomate.cn'],
  ['https://dataverse.contoso.com', 'make.powerautomate.com'],
])('%s has its portal at %s', (organization, host) => {
  expect(portalLinks(organization, ENVIRONMENT, FLOW_ID, SESSION_ID)).toEqual({
    flow: `https://${host}/manage/environments/${ENVIRONMENT}/uiflows/${FLOW_ID}/details`,
    run: `https://${host}/environments/${ENVIRONMENT}/uiflows/${FLOW_ID}/runs/${SESSION_ID}`,
  });
});

it.each(['', 'a/b', 'x)](https://example.com', '../..'])(
  'no address is made of the environment id %j',
  (id) => {
    expect(portalLinks('https://contoso.crm.dynamics.com', id, FLOW_ID, SESSION_ID)).toBeUndefined();
  },
);

it('the environment is asked for by the documented function, once for an organization', async () => {
  const server = await serve({ body: { Detail: { EnvironmentId: ENVIRONMENT } } });
  const ask = () => clientOf(server).getPortalLinks(SESSION_ID, { flowId: FLOW_ID });
  await expect(ask()).resolves.toMatchObject({ run: expect.stringContaining(ENVIRONMENT) });
  await expect(ask()).resolves.toMatchObject({ flow: expect.stringContaining(ENVIRONMENT) });
  expect(server.seen.map(({ path }) => decodeURIComponent(path))).toEqual([
    "/api/data/v9.2/RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'",
  ]);
});

it.each([{ body: {} }, { body: { Detail: { EnvironmentId: 'x)](y' } } }, { status: 403, body: {} }])(
  'after the answer %j there are no links, and the next one does not ask again at once',
  async (reply) => {
    const server = await serve(reply);
    const ask = () => clientOf(server).getPortalLinks(SESSION_ID, { flowId: FLOW_ID });
    await expect(ask()).resolves.toBeUndefined();
    await expect(ask()).resolves.toBeUndefined();
    expect(server.seen).toHaveLength(1);
  },
);
