/** Which variables of the worker an input may name. */
import { ConfigError, readConfig } from '../../src/config/config';
import { environmentSecrets } from '../../src/config/secrets';

const ENVIRONMENT = {
  POWER_AUTOMATE_CLIENT_SECRET: 'of the worker',
  INVOICES_SECRET: 'of invoices',
  DATABASE_PASSWORD: 'of a database',
  TEMPORAL_API_KEY: 'of Temporal',
  CALLBACK_SIGNING_KEYS: 'a-signing-key-of-the-tests',
};

describe('the secrets of the environment', () => {
  it.each<[string, string[] | undefined, string[]]>([
    ['POWER_AUTOMATE_* alone', undefined, ['POWER_AUTOMATE_CLIENT_SECRET']],
    [
      'what is allowed, by name or by prefix',
      ['DATABASE_PASSWORD', 'INV*'],
      ['INVOICES_SECRET', 'DATABASE_PASSWORD'],
    ],
    ['nothing', [], []],
    [
      'never those of Temporal, nor the signing keys',
      ['*', 'TEMPORAL_*', 'TEMPORAL_API_KEY', 'CALLBACK_SIGNING_KEYS'],
      ['POWER_AUTOMATE_CLIENT_SECRET', 'INVOICES_SECRET', 'DATABASE_PASSWORD'],
    ],
  ])('are %s', async (_which, allow, readable) => {
    const secrets = environmentSecrets(ENVIRONMENT, allow && { allow });
    for (const [name, value] of Object.entries(ENVIRONMENT)) {
      const isReadable = readable.includes(name);
      expect([name, await secrets.get(name)]).toEqual([name, isReadable ? value : undefined]);
      expect([name, secrets.nameProblem?.(name) === undefined]).toEqual([name, isReadable]);
    }
  });

  it('tell what to do about a name, and not whether there is such a variable', () => {
    const secrets = environmentSecrets(ENVIRONMENT);
    const advice = (name: string) =>
      `${name} is not among the secrets that inputs may name: add ${name} to POWER_AUTOMATE_SECRETS on the worker`;
    for (const name of ['DATABASE_PASSWORD', 'NOT_THERE'])
      expect(secrets.nameProblem?.(name)).toBe(advice(name));
    expect(secrets.nameProblem?.('temporal_api_key')).toBe(
      'temporal_api_key is not among the secrets that inputs may name: TEMPORAL_*, PAYLOAD_ENCRYPTION_*, EXTERNAL_STORAGE_* and CALLBACK_SIGNING_KEYS never are',
    );
  });
});

describe('POWER_AUTOMATE_SECRETS', () => {
  const allowed = (text: string) => readConfig({ POWER_AUTOMATE_SECRETS: text }).allowedSecrets;

  it('holds names and prefixes, POWER_AUTOMATE_* where it is not set', () => {
    expect(readConfig({}).allowedSecrets).toEqual(['POWER_AUTOMATE_*']);
    expect(allowed('')).toEqual(['POWER_AUTOMATE_*']);
    expect(allowed(' INVOICES_*, DATABASE_PASSWORD,')).toEqual(['INVOICES_*', 'DATABASE_PASSWORD']);
  });

  it.each([
    'TEMPORAL_API_KEY',
    'TEMPORAL_*',
    'temporal_tls_*',
    'T*',
    '*',
    'CALLBACK_SIGNING_KEYS',
    'CALLBACK_*',
  ])('must not cover what no input may name: %s', (entry) => {
    expect(() => allowed(`INVOICES_*,${entry}`)).toThrow(ConfigError);
    expect(() => allowed(entry)).toThrow(
      `POWER_AUTOMATE_SECRETS must not cover TEMPORAL_*, PAYLOAD_ENCRYPTION_*, EXTERNAL_STORAGE_* or CALLBACK_SIGNING_KEYS, as ${entry} does`,
    );
  });

  it.each(['*_SECRET', 'IN VOICES', 'A**', '{{secrets.A}}'])(
    'must hold names or PREFIX_*, not %s',
    (entry) => {
      expect(() => allowed(entry)).toThrow(
        `POWER_AUTOMATE_SECRETS must hold names of variables, or prefixes such as INVOICES_*, comma-separated`,
      );
    },
  );
});
