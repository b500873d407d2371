/** POWER_AUTOMATE_CREDENTIAL, and what each of its values needs. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, readConfig, readPowerAutomateConfig, secretsOf } from '../../src/config/config';
import { configuredSecrets } from '../../src/config/secret-providers';
import { authenticationName } from '../../src/dataverse';
import { selfSigned } from '../helpers/certificate';
import { pemOf } from '../helpers/identities';

const folder = mkdtempSync(path.join(tmpdir(), 'credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const [certificate, other] = [selfSigned(['worker']), selfSigned(['worker'])];
const pem = fileOf('right.pem', pemOf(certificate));
const token = fileOf('token', 'a.b.c');

const APPLICATION = {
  POWER_AUTOMATE_CREDENTIAL: 'clientCertificate',
  POWER_AUTOMATE_CLIENT_ID: 'id',
  POWER_AUTOMATE_TENANT_ID: 'contoso.onmicrosoft.com',
};
const OAUTH = {
  POWER_AUTOMATE_CLIENT_ID: 'id',
  POWER_AUTOMATE_TOKEN_ENDPOINT: 'https://login.microsoftonline.com/t/oauth2/v2.0/token',
};
const POD = { AZURE_CLIENT_ID: 'id', AZURE_TENANT_ID: 'tenant', AZURE_FEDERATED_TOKEN_FILE: token };

type Environment = Record<string, string>;

function problems(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

it.each<[string, Environment, string]>([
  ['the client secret', { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET: 's' }, 'oauth'],
  [
    'the same, by its name',
    { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET: 's', POWER_AUTOMATE_CREDENTIAL: 'clientSecret' },
    'oauth',
  ],
  ['a client secret in a file', { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET_FILE: token }, 'oauth'],
  ['a bearer token', { POWER_AUTOMATE_BEARER_TOKEN: 't' }, 'bearer'],
  ['a certificate', { ...APPLICATION, POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: pem }, 'clientCertificate'],
  [
    'a certificate from a secret, beside another kind of credential that is left over',
    {
      ...APPLICATION,
      POWER_AUTOMATE_CLIENT_CERTIFICATE_SECRET: 'CERTIFICATE',
      POWER_AUTOMATE_CLIENT_SECRET: 's',
    },
    'clientCertificate',
  ],
  ['the managed identity', { POWER_AUTOMATE_CREDENTIAL: 'managedIdentity' }, 'managedIdentity'],
  [
    "a pod, by Azure's variables",
    { ...POD, POWER_AUTOMATE_CREDENTIAL: 'workloadIdentity' },
    'workloadIdentity',
  ],
  ['what there is', { POWER_AUTOMATE_CREDENTIAL: 'default' }, 'default'],
])('is %s', (_what, environment, name) => {
  expect(problems(environment)).toEqual([]);
  const { credentials } = readConfig(environment);
  expect(credentials && authenticationName(credentials)).toBe(name);
});

it.each<[string, Environment, string[]]>([
  [
    'an unknown kind',
    { POWER_AUTOMATE_CREDENTIAL: 'certificate' },
    [
      'POWER_AUTOMATE_CREDENTIAL must be one of clientSecret, clientCertificate, managedIdentity, workloadIdentity, default',
    ],
  ],
  [
    'a client secret that was named and is not there',
    { POWER_AUTOMATE_CREDENTIAL: 'clientSecret', POWER_AUTOMATE_BEARER_TOKEN: 't' },
    [
      'POWER_AUTOMATE_CLIENT_ID and POWER_AUTOMATE_CLIENT_SECRET and POWER_AUTOMATE_TOKEN_ENDPOINT must be set too: OAuth 2.0 needs all of POWER_AUTOMATE_CLIENT_ID, POWER_AUTOMATE_CLIENT_SECRET, POWER_AUTOMATE_TOKEN_ENDPOINT',
    ],
  ],
  [
    'two secrets',
    { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET: 's', POWER_AUTOMATE_CLIENT_SECRET_FILE: token },
    ['POWER_AUTOMATE_CLIENT_SECRET_FILE must not be set beside POWER_AUTOMATE_CLIENT_SECRET: leave one out'],
  ],
  [
    'a file that is not there',
    { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET_FILE: '/nowhere' },
    ['POWER_AUTOMATE_CLIENT_SECRET_FILE must be the path of a file that holds the secret'],
  ],
  [
    'nothing of a certificate',
    { POWER_AUTOMATE_CREDENTIAL: 'clientCertificate' },
    [
      'POWER_AUTOMATE_CREDENTIAL=clientCertificate needs POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE, or POWER_AUTOMATE_CLIENT_CERTIFICATE_SECRET',
      'POWER_AUTOMATE_CREDENTIAL=clientCertificate needs POWER_AUTOMATE_CLIENT_ID',
      'POWER_AUTOMATE_CREDENTIAL=clientCertificate needs POWER_AUTOMATE_TENANT_ID',
    ],
  ],
  [
    'a certificate without its key',
    { ...APPLICATION, POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: fileOf('half.pem', certificate.cert) },
    [
      'POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: the file has no private key in PEM, or one that another password opens',
    ],
  ],
  [
    'the key of another certificate',
    {
      ...APPLICATION,
      POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: fileOf('mixed.pem', certificate.cert + other.key),
    },
    [
      'POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: the file has a private key that is not that of the certificate',
    ],
  ],
  [
    'an authority without TLS',
    {
      ...APPLICATION,
      POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: pem,
      POWER_AUTOMATE_AUTHORITY_HOST: 'http://login.example',
    },
    ['POWER_AUTOMATE_AUTHORITY_HOST must be an https origin, such as https://login.microsoftonline.us'],
  ],
  [
    'a pod without its token',
    { POWER_AUTOMATE_CREDENTIAL: 'workloadIdentity', AZURE_CLIENT_ID: 'id', AZURE_TENANT_ID: 'tenant' },
    [
      `POWER_AUTOMATE_CREDENTIAL=workloadIdentity needs AZURE_FEDERATED_TOKEN_FILE, which Azure's webhook sets in pods with the label azure.workload.identity/use: "true"`,
    ],
  ],
  [
    'callbacks, for which no key can be derived from a certificate',
    {
      ...APPLICATION,
      POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: pem,
      CALLBACK_BASE_URL: 'https://robots.contoso.com/callbacks',
    },
    [
      'CALLBACK_SIGNING_KEYS must be set: the worker has no credentials to derive a key from for CALLBACK_BASE_URL',
    ],
  ],
])('is refused by the names of its variables: %s', (_what, environment, expected) => {
  expect(problems(environment)).toEqual(expected);
});

it('holds nothing in the configuration that a log must show', () => {
  const environment = { ...OAUTH, POWER_AUTOMATE_CLIENT_SECRET: 'the secret' };
  expect(secretsOf(readConfig(environment)).sort()).toEqual(['id', 'the secret']);
  expect(secretsOf(readConfig({ POWER_AUTOMATE_BEARER_TOKEN: 'a-token' }))).toEqual(['a-token']);
});

it("says how to install Microsoft's library where it is not there", () => {
  // A copy of its own folder has no node_modules beside it.
  const copy = path.join(folder, 'optional-package.js');
  cpSync(path.join(__dirname, '../../dist/identity/optional-package.js'), copy);
  const { packageProblem, loadPackage } = createRequire(copy)(copy);
  const problem =
    'needs the package @azure/identity, which is not installed: npm install @azure/identity@^4.13.1';
  expect(packageProblem('@azure/identity')).toBe(problem);
  expect(() => loadPackage('@azure/identity')).toThrow(`This set-up ${problem}`);
});

describe('POWER_AUTOMATE_SECRETS_FROM', () => {
  it.each([
    [undefined, ['environment']],
    [' environment, /run/secrets ,', ['environment', '/run/secrets']],
    ['https://invoices.vault.azure.net', ['https://invoices.vault.azure.net']],
  ])('%s is %j', (text, expected) => {
    const environment: Environment = text === undefined ? {} : { POWER_AUTOMATE_SECRETS_FROM: text };
    expect(readPowerAutomateConfig(environment).secretsFrom).toEqual(expected);
  });

  it.each(['run/secrets', 'http://invoices.vault.azure.net', 'https://x.vault.azure.net/secrets'])(
    'must not hold %s',
    (entry) => {
      expect(problems({ POWER_AUTOMATE_SECRETS_FROM: entry })).toEqual([
        'POWER_AUTOMATE_SECRETS_FROM must hold environment, paths of folders, or URLs of key vaults such as https://invoices.vault.azure.net, comma-separated',
      ]);
    },
  );

  it('needs somebody as whom a key vault can be asked', () => {
    const environment: Environment = {
      POWER_AUTOMATE_SECRETS_FROM: 'https://invoices.vault.azure.net',
      POWER_AUTOMATE_BEARER_TOKEN: 't',
    };
    const providers = (more: Environment = {}) =>
      configuredSecrets({}, readPowerAutomateConfig({ ...environment, ...more }));
    expect(() => providers()).toThrow(
      'POWER_AUTOMATE_SECRETS_FROM names a key vault, so POWER_AUTOMATE_CREDENTIAL or POWER_AUTOMATE_KEY_VAULT_CREDENTIAL must be set',
    );
    expect(providers({ POWER_AUTOMATE_KEY_VAULT_CREDENTIAL: 'managedIdentity' })).toHaveProperty('get');
    expect(problems({ POWER_AUTOMATE_KEY_VAULT_CREDENTIAL: 'clientSecret' })).toEqual([
      'POWER_AUTOMATE_KEY_VAULT_CREDENTIAL must be one of managedIdentity, workloadIdentity, default',
    ]);
  });
});
