/** What is said where Microsoft's library gives no token: codes, and nothing of what it was asked with. */
import { writeFileSync } from 'node:fs';
import { readPowerAutomateConfig } from '../../src/config/config';
import { DataverseClient, type TokenCredential } from '../../src/dataverse';
import { CredentialTokens } from '../../src/dataverse/auth/credential-tokens';
import { closeServers, failureOf, serve, whoAmI } from '../dataverse/scripted-server';
import { selfSigned } from '../helpers/certificate';
import { Cluster, MountedFolder, pemOf, startTenant, type Tenant } from '../helpers/identities';

const ORGANIZATION = 'https://contoso.crm4.dynamics.com';

afterEach(closeServers);

describe('an error of the library', () => {
  let tenant: Tenant;
  const folder = new MountedFolder();
  const [certificate, other] = [selfSigned(['worker'], 'rsa'), selfSigned(['worker'], 'rsa')];
  const cluster = new Cluster();
  const environmentOfProcess = { ...process.env };

  beforeAll(async () => {
    tenant = await startTenant();
    tenant.emulator.register({ certificates: [certificate.cert], federated: cluster.federated });
  });
  afterAll(async () => {
    await tenant.close();
    folder.remove();
  });
  afterEach(() => {
    process.env = { ...environmentOfProcess };
    tenant.emulator.clearFaults();
  });

  function failing(environment: Record<string, string>) {
    const { credentials } = readPowerAutomateConfig(environment);
    if (!credentials) throw new Error('there are no credentials');
    const client = new DataverseClient({ organizationUri: tenant.emulator.url, credentials });
    return failureOf(client.whoAmI());
  }

  const byCertificate = (more: Record<string, string> = {}) => ({
    POWER_AUTOMATE_CREDENTIAL: 'clientCertificate',
    POWER_AUTOMATE_CLIENT_ID: tenant.emulator.clientId,
    POWER_AUTOMATE_TENANT_ID: 'emulator.onmicrosoft.com',
    POWER_AUTOMATE_AUTHORITY_HOST: tenant.authorityHost,
    POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: folder.put('a.pem', pemOf(certificate)),
    ...more,
  });

  const byCluster = (token: string, more: Record<string, string> = {}) => ({
    POWER_AUTOMATE_CREDENTIAL: 'workloadIdentity',
    POWER_AUTOMATE_AUTHORITY_HOST: tenant.authorityHost,
    AZURE_TENANT_ID: 'emulator.onmicrosoft.com',
    AZURE_CLIENT_ID: tenant.emulator.clientId,
    AZURE_FEDERATED_TOKEN_FILE: folder.put('token', token),
    ...more,
  });

  it.each<[string, () => Record<string, string>, string]>([
    [
      'a certificate that is not registered',
      () => byCertificate({ POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: folder.put('b.pem', pemOf(other)) }),
      'AADSTS700027',
    ],
    ['an unknown application', () => byCertificate({ POWER_AUTOMATE_CLIENT_ID: 'nobody' }), 'AADSTS700016'],
    ['a token of a cluster that is over', () => byCluster(cluster.token(-60)), 'AADSTS700024'],
    ['a token of another cluster', () => byCluster(new Cluster().token()), 'AADSTS50013'],
  ])('is a refusal with its code: %s', async (_what, environment, number) => {
    const error = await failing(environment());
    expect(error).toMatchObject({ kind: 'unauthorized', outcome: 'refused' });
    expect(error.message).toContain(`refused the credential: `);
    expect(error.message).toContain(number);
    expect(JSON.stringify([error.message, error])).not.toMatch(
      /Trace|Correlation|eyJ|BEGIN|system:serviceaccount|nobody/,
    );
  });

  it('is a refusal where the machine has no such identity', async () => {
    Object.assign(process.env, tenant.emulator.identityEnvironment);
    const environment = { POWER_AUTOMATE_CREDENTIAL: 'managedIdentity', POWER_AUTOMATE_CLIENT_ID: 'nobody' };
    await expect(failing(environment)).resolves.toMatchObject({ kind: 'unauthorized', outcome: 'refused' });
  });

  it('passes where Microsoft Entra ID is not available, or cannot be reached', async () => {
    tenant.emulator.inject({ on: 'token', kind: 'tokenError', situation: 'busy', times: 'always' });
    await expect(failing(byCertificate())).resolves.toMatchObject({
      kind: 'unavailable',
      outcome: 'refused',
    });
    const environment = byCertificate({ POWER_AUTOMATE_AUTHORITY_HOST: 'https://127.0.0.1:1' });
    await expect(failing(environment)).resolves.toMatchObject({ kind: 'network', outcome: 'refused' });
  });

  it('passes where a file is gone or half there, and nothing is sent', async () => {
    const environment = byCertificate();
    const { credentials } = readPowerAutomateConfig(environment);
    const client = new DataverseClient({
      organizationUri: tenant.emulator.url,
      credentials: credentials as TokenCredential,
    });
    const before = tenant.emulator.seen.counts.token;
    const file = environment.POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE;
    for (const [half, why] of [
      ['', 'there is none'],
      [certificate.cert, 'has no private key'],
      [certificate.cert.slice(0, 200), 'has no certificate'],
      [`${certificate.cert}${other.key}`, 'not that of the certificate'],
    ] as const) {
      writeFileSync(file, half);
      const error = await failureOf(client.whoAmI());
      expect(error).toMatchObject({ kind: 'unavailable', outcome: 'refused' });
      expect(error.message).toContain(why);
    }
    expect(tenant.emulator.seen.counts.token).toBe(before);
    writeFileSync(file, pemOf(certificate));
    await expect(client.whoAmI()).resolves.toHaveProperty('userId');
  });
});

describe('a credential in code', () => {
  const token = (value: string, lifeMs = 3_600_000) => ({
    token: value,
    expiresOnTimestamp: Date.now() + lifeMs,
  });

  it('is asked for the organization, once for all who call at once', async () => {
    const getToken = jest.fn<Promise<ReturnType<typeof token>>, unknown[]>(async () => token('granted'));
    const credentials = { getToken } as TokenCredential;
    const server = await serve();
    server.always(whoAmI());
    const clients = Array.from(
      { length: 10 },
      () => new DataverseClient({ organizationUri: server.origin, credentials }),
    );
    await Promise.all(clients.map((client) => client.whoAmI()));
    expect(getToken.mock.calls).toEqual([
      [[`${server.origin}/.default`], { abortSignal: expect.any(AbortSignal) }],
    ]);
    expect(server.seen[0]?.headers.authorization).toBe('Bearer granted');
  });

  it('is told of a refused token, and what it answers with the same one is not sent again', async () => {
    const refused: string[] = [];
    let current = 'old';
    const credentials: TokenCredential = {
      getToken: async () => token(current),
      refuse: (value) => refused.push(value),
    };
    const server = await serve();
    server.always(({ headers }) => (headers.authorization === 'Bearer new' ? whoAmI() : { status: 401 }));
    const client = new DataverseClient({ organizationUri: server.origin, credentials });
    await expect(failureOf(client.whoAmI())).resolves.toMatchObject({ kind: 'unauthorized' });
    expect(server.seen).toHaveLength(1);
    expect(refused).toEqual(['old']);
    current = 'new';
    await client.whoAmI();
    const tried = server.seen.map(({ headers }) => headers.authorization);
    expect(tried).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  });

  it('is asked again when it says so, and not before', async () => {
    let now = 0;
    const values = ['one', 'two'];
    const source = new CredentialTokens(
      {
        getToken: async () => ({
          token: values.shift() ?? 'none',
          expiresOnTimestamp: now + 86_400_000,
          refreshAfterTimestamp: now + 60_000,
        }),
      },
      ORGANIZATION,
      () => now,
    );
    await expect(source.token()).resolves.toBe('one');
    now = 59_999;
    await expect(source.token()).resolves.toBe('one');
    now = 60_000;
    await expect(source.token()).resolves.toBe('two');
  });

  const SECRET = 'very-secret-value';
  const thrown = (fields: object, message = SECRET) => Object.assign(new Error(message), fields);

  it.each<[string, unknown, string, string]>([
    [
      'a code of OAuth',
      thrown({ errorResponse: { error: 'invalid_client' } }),
      'unauthorized',
      'invalid_client',
    ],
    [
      'a code in the cause',
      thrown({ cause: new Error('AADSTS7000215: no') }),
      'unauthorized',
      'AADSTS7000215',
    ],
    [
      'one of several',
      thrown({ errors: [new Error('x'), new Error('AADSTS50034')] }),
      'unauthorized',
      'AADSTS50034',
    ],
    ['a passing code', new Error('AADSTS90033: later'), 'unavailable', 'AADSTS90033'],
    ['too many requests', thrown({ statusCode: 429 }), 'throttled', 'asked to wait'],
    ['a gateway', thrown({ statusCode: 502 }), 'unavailable', '502'],
    ['no connection', thrown({ code: 'ECONNREFUSED' }), 'network', 'ECONNREFUSED'],
    [
      'no such credential',
      thrown({ name: 'CredentialUnavailableError' }),
      'unauthorized',
      'no such credential',
    ],
    ['anything else', thrown({ name: 'TypeError' }), 'unavailable', 'TypeError'],
    ['no error at all', SECRET, 'unavailable', 'unknown error'],
  ])('fails by codes alone: %s', async (_what, error, kind, said) => {
    const source = new CredentialTokens({ getToken: () => Promise.reject(error) }, ORGANIZATION);
    const failure = await failureOf(source.token());
    expect(failure).toMatchObject({ kind, outcome: 'refused' });
    expect(failure.message).toContain(said);
    expect(JSON.stringify([failure.message, failure])).not.toContain(SECRET);
  });

  it.each([null, { token: '', expiresOnTimestamp: 0 }, { token: 'two words', expiresOnTimestamp: 0 }])(
    'that gives no token that can be sent is a refusal: %j',
    async (given) => {
      const source = new CredentialTokens({ getToken: async () => given }, ORGANIZATION);
      await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'unauthorized' });
    },
  );
});
