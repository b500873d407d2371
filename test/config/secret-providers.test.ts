/** Where secrets come from: files, Azure Key Vault with Microsoft's own client, and several in a row. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPowerAutomateConfig } from '../../src/config/config';
import { fileSecrets } from '../../src/config/file-secrets';
import { keyVaultSecrets } from '../../src/config/key-vault-secrets';
import { configuredSecrets } from '../../src/config/secret-providers';
import { environmentSecrets } from '../../src/config/secrets';
import { secretsInTurn } from '../../src/config/secrets-in-turn';
import type { TokenCredential } from '../../src/dataverse';
import { eventually } from '../helpers/harness';
import { MountedFolder, startTenant, type Tenant } from '../helpers/identities';
import { type KeyVault, startKeyVault } from '../helpers/key-vault';

let folder: MountedFolder;
beforeEach(() => {
  folder = new MountedFolder();
});
afterEach(() => folder.remove());

describe('secrets in files', () => {
  const allow = ['SAP_PASSWORD', 'sap.user', 'EMPTY', 'A_FOLDER', 'PIPE', 'HUGE', 'LINES', '*'];

  it('are read anew each time, without the line break at the end', async () => {
    const secrets = fileSecrets(folder.path, { allow });
    await expect(secrets.get('SAP_PASSWORD')).resolves.toBeUndefined();
    folder.put('SAP_PASSWORD', 'one\n');
    await expect(secrets.get('SAP_PASSWORD')).resolves.toBe('one');
    folder.put('SAP_PASSWORD', 'two');
    await expect(secrets.get('SAP_PASSWORD')).resolves.toBe('two');
    folder.put('LINES', 'a\r\nb\r\n\r\n');
    await expect(secrets.get('LINES')).resolves.toBe('a\r\nb\r\n');
    folder.put('EMPTY', '\n');
    await expect(secrets.get('EMPTY')).resolves.toBeUndefined();
  });

  it('are followed as Kubernetes mounts them, through its links', async () => {
    const data = path.join(folder.path, '..2026_11_27');
    mkdirSync(data);
    writeFileSync(path.join(data, 'sap.user'), 'svc');
    symlinkSync('..2026_11_27', path.join(folder.path, '..data'));
    symlinkSync('..data/sap.user', path.join(folder.path, 'sap.user'));
    await expect(fileSecrets(folder.path, { allow }).get('sap.user')).resolves.toBe('svc');
  });

  it.each(['../outside', '..', '.', '..data', '.hidden', 'a/b', ''])('have no name %j', async (name) => {
    const inner = path.join(folder.path, 'inner');
    mkdirSync(path.join(inner, 'a'), { recursive: true });
    for (const file of ['../outside', '..data', '.hidden', 'a/b']) writeFileSync(path.join(inner, file), 'x');
    await expect(fileSecrets(inner, { allow }).get(name)).resolves.toBeUndefined();
  });

  it('say what is no file, and neither where it is nor what is in it', async () => {
    const secrets = fileSecrets(folder.path, { allow });
    mkdirSync(path.join(folder.path, 'A_FOLDER'));
    execFileSync('mkfifo', [path.join(folder.path, 'PIPE')]);
    folder.put('HUGE', 'x'.repeat(1024 * 1024 + 1));
    const why = (name: string) => secrets.get(name).catch(({ message }: Error) => message);
    await expect(why('A_FOLDER')).resolves.toBe(
      'the file of the secret A_FOLDER cannot be read: it is not a file',
    );
    await expect(why('PIPE')).resolves.toBe('the file of the secret PIPE cannot be read: it is not a file');
    await expect(why('HUGE')).resolves.toBe(
      'the file of the secret HUGE cannot be read: it has more than 1048576 bytes',
    );
  });

  it('are given by allowed names alone, POWER_AUTOMATE_* where nothing is said', async () => {
    for (const name of ['POWER_AUTOMATE_SAP', 'SAP', 'TEMPORAL_API_KEY', 'POWER_AUTOMATE_CLIENT_CERTIFICATE'])
      folder.put(name, name);
    const secrets = fileSecrets(folder.path);
    await expect(secrets.get('POWER_AUTOMATE_SAP')).resolves.toBe('POWER_AUTOMATE_SAP');
    await expect(secrets.get('SAP')).resolves.toBeUndefined();
    const any = fileSecrets(folder.path, { allow: ['*'] });
    await expect(any.get('TEMPORAL_API_KEY')).resolves.toBeUndefined();
    await expect(any.get('POWER_AUTOMATE_CLIENT_CERTIFICATE')).resolves.toBeUndefined();
    expect(any.nameProblem?.('POWER_AUTOMATE_CLIENT_CERTIFICATE_PASSWORD')).toContain(
      "the worker's certificate never is",
    );
  });
});

describe('several providers in a row', () => {
  it('give what the first one has, and are asked only for what they allow', async () => {
    folder.put('A', 'of the file');
    folder.put('B', 'of the file');
    const secrets = secretsInTurn([
      environmentSecrets({ A: 'of the environment', B: 'of the environment' }, { allow: ['A'] }),
      fileSecrets(folder.path, { allow: ['A', 'B', 'C'] }),
    ]);
    const values = await Promise.all(['A', 'B', 'C', 'D'].map((name) => secrets.get(name)));
    expect(values).toEqual(['of the environment', 'of the file', undefined, undefined]);
    expect(['A', 'B', 'C'].map((name) => secrets.nameProblem?.(name))).toEqual(Array(3).fill(undefined));
    expect(secrets.nameProblem?.('D')).toContain('add D to POWER_AUTOMATE_SECRETS');
  });
});

describe('an Azure Key Vault', () => {
  let tenant: Tenant;
  let vault: KeyVault;
  const environmentOfProcess = { ...process.env };

  beforeAll(async () => {
    tenant = await startTenant();
    vault = await startKeyVault(() => tenant.emulator);
  });
  afterAll(async () => {
    await vault.close();
    await tenant.close();
  });
  beforeEach(() => {
    vault.secrets.clear();
    vault.trouble = undefined;
    Object.assign(process.env, tenant.emulator.identityEnvironment);
  });
  afterEach(() => {
    process.env = { ...environmentOfProcess };
  });

  const providers = (more: Record<string, string> = {}) => {
    const environment = {
      POWER_AUTOMATE_CREDENTIAL: 'managedIdentity',
      POWER_AUTOMATE_SECRETS: 'SAP_*',
      POWER_AUTOMATE_SECRETS_FROM: `${folder.path},${vault.url}`,
      ...more,
    };
    return configuredSecrets(environment, readPowerAutomateConfig(environment));
  };

  it('gives a secret by its name there, after files have not, and keeps it for a while', async () => {
    const secrets = providers({ POWER_AUTOMATE_SECRETS_KEPT_FOR: '200ms' });
    vault.secrets.set('SAP-PASSWORD-2', 'one');
    const before = vault.seen.length;
    const both = await Promise.all([secrets.get('SAP_PASSWORD.2'), secrets.get('SAP_PASSWORD.2')]);
    expect(both).toEqual(['one', 'one']);
    await expect(secrets.get('SAP_NOTHING')).resolves.toBeUndefined();
    await expect(secrets.get('DATABASE')).resolves.toBeUndefined();
    expect(vault.seen.slice(before)).toEqual(['SAP-PASSWORD-2', 'SAP-NOTHING']);
    vault.secrets.set('SAP-PASSWORD-2', 'two');
    await expect(secrets.get('SAP_PASSWORD.2')).resolves.toBe('one');
    await eventually(async () => (await secrets.get('SAP_PASSWORD.2')) === 'two');
    folder.put('SAP_PASSWORD.2', 'of the file');
    await expect(secrets.get('SAP_PASSWORD.2')).resolves.toBe('of the file');
  });

  it('is asked again at once for what was refused where it was used', async () => {
    const secrets = providers();
    vault.secrets.set('SAP-USER', 'one');
    await secrets.get('SAP_USER');
    vault.secrets.set('SAP-USER', 'two');
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
    secrets.forget?.('SAP_USER');
    await expect(secrets.get('SAP_USER')).resolves.toBe('two');
  });

  it('is asked with a new token where the old one is refused', async () => {
    const secrets = providers({ POWER_AUTOMATE_SECRETS_KEPT_FOR: '0s' });
    vault.secrets.set('SAP-USER', 'one');
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
    tenant.emulator.revokeTokens();
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
  });

  it("may be asked with the worker's client secret", async () => {
    const secrets = providers({
      POWER_AUTOMATE_CREDENTIAL: 'clientSecret',
      POWER_AUTOMATE_CLIENT_ID: tenant.emulator.clientId,
      POWER_AUTOMATE_CLIENT_SECRET: tenant.emulator.clientSecret,
      POWER_AUTOMATE_TOKEN_ENDPOINT: tenant.emulator.tokenEndpoint,
      POWER_AUTOMATE_SECRETS_KEPT_FOR: '0s',
    });
    vault.secrets.set('SAP-USER', 'one');
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
    tenant.emulator.revokeTokens();
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
  });

  it.each([403, 429, 503])('says that it does not give a secret, by codes alone: %i', async (status) => {
    const secrets = providers();
    vault.secrets.set('SAP-USER', 'one');
    vault.trouble = status;
    const { message } = await secrets.get('SAP_USER').then(
      () => new Error('it was given'),
      (error: Error) => error,
    );
    expect(message).toBe(
      `the key vault ${new URL(vault.url).host} does not give the secret SAP-USER: ${status}`,
    );
    vault.trouble = undefined;
    await expect(secrets.get('SAP_USER')).resolves.toBe('one');
  });

  it('says so where it cannot be reached, or has no credential', async () => {
    const credential: TokenCredential = { getToken: async () => null };
    const far = keyVaultSecrets('https://127.0.0.1:1', { credential, allow: ['SAP_USER'] });
    await expect(far.get('SAP_USER')).rejects.toThrow(/127\.0\.0\.1:1 does not give .*ECONNREFUSED/);
    const strange = keyVaultSecrets(vault.url, { credential, allow: ['SAP_USER'] });
    await expect(strange.get('SAP_USER')).rejects.toThrow('does not give the secret SAP-USER');
  });

  it('is not told a token where it is not a vault of its domain', async () => {
    const getToken = jest.fn(async () => null);
    const secrets = keyVaultSecrets(vault.url, { credential: { getToken }, allow: ['SAP_USER'] });
    await expect(secrets.get('SAP_USER')).rejects.toThrow();
    expect(getToken).not.toHaveBeenCalled();
  });
});
