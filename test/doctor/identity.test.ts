/** What the doctor says of the credentials that Microsoft's library brings. */
import { examine } from '../../src/doctor/examine';
import { IDENTITY_CHECKS } from '../../src/doctor/identity';
import { ORGANIZATION_CHECKS } from '../../src/doctor/organization';
import { Setup } from '../../src/doctor/setup';
import { findingsOf } from '../../src/doctor/text';
import { VARIABLE_CHECKS } from '../../src/doctor/variables';
import { selfSigned } from '../helpers/certificate';
import { CredentialKinds } from '../helpers/credential-kinds';
import { Cluster, startTenant, type Tenant } from '../helpers/identities';

let tenant: Tenant;
let setups: CredentialKinds;

beforeAll(async () => {
  tenant = await startTenant();
  setups = new CredentialKinds(tenant.emulator);
});
afterAll(async () => {
  setups.close();
  await tenant.close();
});

async function examined(environment: Record<string, string>) {
  const setup = new Setup({ environment, version: '1.0.0', patienceMs: 30_000 });
  const checks = [...VARIABLE_CHECKS, ...ORGANIZATION_CHECKS, ...IDENTITY_CHECKS];
  const all = await examine(checks, setup);
  await setup.close();
  return all;
}

it('finds nothing wrong with a certificate that is registered', async () => {
  const { environment } = setups.kinds['clientCertificate, in a file']();
  const all = await examined(environment);
  expect(findingsOf(all)).toEqual([]);
  expect(all.find(({ id }) => id === 'credentials')).toMatchObject({
    detail: 'a client id and its certificate',
  });
  expect(all.map(({ id }) => id)).not.toContain('token-endpoint');
});

it.each<[string, 'clientCertificate, in a file' | 'workloadIdentity', () => void, string]>([
  [
    'a certificate that is not registered',
    'clientCertificate, in a file',
    () => tenant.emulator.register({ certificates: [selfSigned(['other'], 'rsa').cert] }),
    'AADSTS700027',
  ],
  [
    'a pod that the application does not trust',
    'workloadIdentity',
    () => {
      const [known] = new Cluster().federated;
      if (known) tenant.emulator.register({ federated: [{ ...known, subject: 'somebody else' }] });
    },
    'AADSTS700213',
  ],
])('names %s, and what to do', async (_what, kind, breakIt, code) => {
  const { environment } = setups.kinds[kind]();
  breakIt();
  const findings = findingsOf(await examined(environment));
  expect(findings).toMatchObject([{ code }]);
  expect(JSON.stringify(findings)).not.toContain(tenant.emulator.clientId);
});

it('names what a kind lacks', async () => {
  const environment = {
    POWER_AUTOMATE_ORGANIZATION_URI: tenant.emulator.url,
    POWER_AUTOMATE_CREDENTIAL: 'workloadIdentity',
  };
  const codes = findingsOf(await examined(environment)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['credentials-wrong']));
});
