/** Each credential of POWER_AUTOMATE_CREDENTIAL, with Microsoft's own library, against the emulator. */
import { ClientSecretCredential } from '@azure/identity';
import { readPowerAutomateConfig } from '../../src/config/config';
import { DataverseClient, type TokenCredential } from '../../src/dataverse';
import { CREDENTIAL_KIND_NAMES, CredentialKinds } from '../helpers/credential-kinds';
import { startTenant, type Tenant } from '../helpers/identities';

let tenant: Tenant;
let setups: CredentialKinds;
const environmentOfProcess = { ...process.env };
const USER_ASSIGNED = '7a3a7d4c-6f5d-4d6e-9b39-6a6d1c5a2f10';

beforeAll(async () => {
  tenant = await startTenant({ managedIdentity: { clientIds: [USER_ASSIGNED] } });
  setups = new CredentialKinds(tenant.emulator);
});
afterAll(async () => {
  setups.close();
  await tenant.close();
});
afterEach(() => {
  process.env = { ...environmentOfProcess };
});

function clientOf(environment: Record<string, string>): DataverseClient {
  const { organizationUri, credentials } = readPowerAutomateConfig(environment);
  if (!organizationUri || !credentials) throw new Error('there are no credentials');
  return new DataverseClient({ organizationUri, credentials });
}

const asked = () => tenant.emulator.seen.counts.token;
const refused = () => tenant.emulator.seen.refusals[401] ?? 0;

describe.each(CREDENTIAL_KIND_NAMES)('POWER_AUTOMATE_CREDENTIAL=%s', (name) => {
  it('gets a token, once, and another one after a rotation, without a new client', async () => {
    const { environment, ofProcess, replace, retireOld } = setups.kinds[name]();
    Object.assign(process.env, ofProcess);
    const client = clientOf(environment);
    const before = asked();
    await client.whoAmI();
    await client.whoAmI();
    expect(asked() - before).toBe(1);
    replace?.();
    retireOld?.();
    tenant.emulator.revokeTokens();
    const refusedBefore = refused();
    await client.whoAmI();
    expect(refused() - refusedBefore).toBe(1);
    expect(asked() - before).toBe(2);
  });
});

describe('the managed identity', () => {
  it('is a user-assigned one where its client id is told', async () => {
    const { environment, ofProcess } = setups.kinds.managedIdentity();
    Object.assign(process.env, ofProcess);
    const client = clientOf({ ...environment, POWER_AUTOMATE_CLIENT_ID: USER_ASSIGNED });
    await client.whoAmI();
    tenant.emulator.revokeTokens();
    await client.whoAmI();
    expect(tenant.emulator.seen.tokenRequests.at(-1)).toMatchObject({ url: '/msi/token', status: 200 });
  });
});

it("takes any credential of Microsoft's library in code", async () => {
  const { url, clientId, clientSecret, authorityHost } = tenant.emulator;
  tenant.emulator.register({ clientSecrets: [clientSecret] });
  const options = { authorityHost, disableInstanceDiscovery: true };
  const credentials: TokenCredential = new ClientSecretCredential(
    'emulator.onmicrosoft.com',
    clientId,
    clientSecret,
    options,
  );
  const before = asked();
  const client = new DataverseClient({ organizationUri: url, credentials });
  await client.whoAmI();
  await client.whoAmI();
  expect(asked() - before).toBe(1);
});
