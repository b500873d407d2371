/** As whom a container of Azure is asked, besides by a key of its account: Azurite checks all three. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerSASPermissions } from '@azure/storage-blob';
import type { ApplicationFailure, Payload, StorageDriverClaim } from '@temporalio/common';
import { readConfig } from '../../src/config/config';
import type { TokenCredential } from '../../src/dataverse';
import { type StorageSettings, storeAt } from '../../src/storage/external-storage';
import { hashOf } from '../../src/storage/parts';
import { PayloadDriver } from '../../src/storage/payload-driver';
import { type Azurite, startAzurite } from '../helpers/azurite';
import { selfSigned } from '../helpers/certificate';
import { trust } from '../helpers/trusted-certificate';

const HOUR_MS = 3_600_000;
const TARGET = { kind: 'workflow', namespace: 'invoices', id: 'run-1', type: 'RunDesktopFlow' } as const;

const driverOf = (settings: StorageSettings) => new PayloadDriver(storeAt(settings));

const randomPayload = (): Payload => ({
  metadata: { encoding: Buffer.from('binary/plain') },
  data: randomBytes(300_000),
});

async function expectToKeep(driver: PayloadDriver): Promise<void> {
  const payload = randomPayload();
  const claims = await driver.store({ target: TARGET }, [payload]);
  const [back] = await driver.retrieve({}, claims);
  expect(hashOf('sha256', [back?.data as Uint8Array])).toEqual(
    hashOf('sha256', [payload.data as Uint8Array]),
  );
  // The same one again, which is there.
  await driver.store({ target: TARGET }, [payload]);
  const [claim] = claims as [StorageDriverClaim];
  const { key = '', hashValue = '' } = claim.claimData;
  const gone = { ...claim.claimData, key: key.replace(hashValue, '0'.repeat(64)), hashValue: '0'.repeat(64) };
  await expect(driver.retrieve({}, [{ claimData: gone }])).rejects.toMatchObject({
    type: 'ExternalPayloadLost',
  });
}

async function expectRefused(driver: PayloadDriver, ...secrets: string[]): Promise<void> {
  const failure: ApplicationFailure = await driver
    .store({ target: TARGET }, [randomPayload()])
    .then(() => Promise.reject(new Error('expected a failure')))
    .catch((error) => error);
  expect(failure).toMatchObject({ type: 'ExternalStorageUnavailable', nonRetryable: false });
  for (const secret of secrets) expect(`${failure.message} ${failure.cause}`).not.toContain(secret);
}

it('that breaks off in an upload gets all of it again', async () => {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const isFirst = bodies.push(Buffer.alloc(0)) === 1;
    for await (const chunk of request) {
      if (isFirst) return void request.socket.destroy();
      bodies[1] = Buffer.concat([bodies[1] as Buffer, chunk]);
    }
    response.writeHead(201).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/account/robots`;
    const container = storeAt({
      kind: 'azure',
      url,
      account: 'account',
      prefix: '',
      access: { signature: 'sig=none' },
    });
    const parts = [randomBytes(10), randomBytes(300_000)];
    await container.put('key', parts, AbortSignal.timeout(30_000));
    expect(bodies).toHaveLength(2);
    expect(bodies[1]?.equals(Buffer.concat(parts))).toBe(true);
  } finally {
    server.close();
  }
});

describe('a shared access signature', () => {
  let azurite: Azurite;

  beforeAll(async () => {
    azurite = await startAzurite();
  });
  afterAll(() => azurite.close());

  const settingsWith = async (permissions: string, expiresOn = new Date(Date.now() + HOUR_MS)) => {
    const { url, client } = await azurite.container();
    const signed = await client.generateSasUrl({
      permissions: ContainerSASPermissions.parse(permissions),
      expiresOn,
    });
    const signature = new URL(signed).search;
    const environment = { EXTERNAL_STORAGE_URL: `${url}/robots`, EXTERNAL_STORAGE_SIGNATURE: signature };
    const { externalStorage } = readConfig(environment).payloads;
    return { settings: externalStorage as StorageSettings, signature };
  };

  it('that may read, create and write is enough', async () => {
    await expectToKeep(driverOf((await settingsWith('rcw')).settings));
  });

  it.each([
    ['may only read', 'r', undefined],
    ['has expired', 'rcw', new Date(Date.now() - HOUR_MS)],
  ])('that %s is trouble that passes, and is not shown', async (_what, permissions, expiresOn) => {
    const { settings, signature } = await settingsWith(permissions, expiresOn);
    const sig = new URLSearchParams(signature).get('sig') ?? '';
    expect(sig).toMatch(/.{20}/);
    await expectRefused(driverOf(settings), sig, encodeURIComponent(sig));
  });
});

describe('a credential', () => {
  const certificate = selfSigned(['127.0.0.1']);
  let azurite: Azurite;
  let distrust: () => void;
  let scopes: unknown[];

  beforeAll(async () => {
    distrust = trust(certificate.cert);
    azurite = await startAzurite(certificate);
  });
  afterAll(async () => {
    await azurite.close();
    distrust();
  });
  beforeEach(() => {
    scopes = [];
  });

  /** As Microsoft Entra ID writes them, but for the signature. */
  const credentialFor = (audience: string): TokenCredential => ({
    async getToken(scope) {
      scopes.push(scope);
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        aud: audience,
        iss: 'https://sts.windows.net/contoso/',
        iat: now,
        nbf: now - 60,
        exp: now + 3600,
      };
      const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      return { token: [...parts, 'signature'].join('.'), expiresOnTimestamp: (now + 3600) * 1000 };
    },
  });

  const settingsFor = async (audience: string): Promise<StorageSettings> => {
    const { url } = await azurite.container();
    const access = { credential: credentialFor(audience) };
    return { kind: 'azure', url, account: azurite.accountName, prefix: 'robots/', access };
  };

  it('is asked for a token of Azure Storage, once, which is enough', async () => {
    await expectToKeep(driverOf(await settingsFor('https://storage.azure.com')));
    expect(scopes.flat()).toEqual(['https://storage.azure.com/.default']);
  });

  it('whose token is for another service is trouble that passes', async () => {
    await expectRefused(driverOf(await settingsFor('https://contoso.crm4.dynamics.com')));
  });
});
