import { readConfig, readTemporalConfig, secretsOf } from '../../src/config/config';

const KEY = Buffer.alloc(64, 'key').toString('base64');
const URL = 'https://invoices.blob.core.windows.net/payloads';

const read = (environment: Record<string, string>) => readConfig(environment).payloads.externalStorage;

/** What is said of a wrong configuration. */
const problemOf = (environment: Record<string, string>) => {
  try {
    readConfig(environment);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a problem');
};

describe('EXTERNAL_STORAGE_URL', () => {
  it('names a container, with a prefix or without', () => {
    expect(read({ EXTERNAL_STORAGE_URL: URL, EXTERNAL_STORAGE_ACCOUNT_KEY: KEY })).toEqual({
      kind: 'azure',
      url: URL,
      account: 'invoices',
      prefix: '',
      access: { accountName: 'invoices', accountKey: KEY },
    });
    expect(read({ EXTERNAL_STORAGE_URL: `${URL}/a/b/`, EXTERNAL_STORAGE_ACCOUNT_KEY: KEY })).toMatchObject({
      url: URL,
      prefix: 'a/b/',
    });
  });

  it('names an emulated container, with the account in its path', () => {
    const url = 'http://127.0.0.1:10000/devstoreaccount1/payloads';
    expect(read({ EXTERNAL_STORAGE_URL: url, EXTERNAL_STORAGE_ACCOUNT_KEY: KEY })).toMatchObject({
      url,
      account: 'devstoreaccount1',
    });
  });

  it('names a bucket, whose name goes into the path where the endpoint is not that of Amazon', () => {
    expect(read({ EXTERNAL_STORAGE_URL: 's3://payloads/robots' })).toEqual({
      kind: 's3',
      bucket: 'payloads',
      prefix: 'robots/',
      forcePathStyle: false,
    });
    const environment = {
      EXTERNAL_STORAGE_URL: 's3://payloads',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000',
    };
    expect(read(environment)).toMatchObject({ prefix: '', forcePathStyle: true });
  });

  it('names a folder', () => {
    expect(read({ EXTERNAL_STORAGE_URL: 'file:///var/lib/pay%20loads' })).toEqual({
      kind: 'folder',
      root: '/var/lib/pay loads',
    });
  });

  it.each([
    ['payloads', /must be a URL/],
    ['file:///', /not a whole disk/],
    ['file://var/lib', /three slashes/],
    ['s3:///x', /must name a bucket/],
    ['https://invoices.blob.core.windows.net', /must name a container/],
    ['https://example.com/payloads', /host of a storage account/],
    ['http://invoices.blob.core.windows.net/payloads', /must be one of/],
    [`${URL}?sv=1&sig=secret-of-mine`, /EXTERNAL_STORAGE_SIGNATURE/],
    [`${URL}/%2e%2e/x%2fy`, /letters, digits/],
    ['ftp://host/x', /must be one of/],
  ])('is refused with what to write, and is not repeated: %s', (url, problem) => {
    const said = problemOf({ EXTERNAL_STORAGE_URL: url, EXTERNAL_STORAGE_ACCOUNT_KEY: KEY });
    expect(said).toMatch(problem);
    expect(said).not.toContain('secret-of-mine');
  });
});

describe('who asks a container', () => {
  it('is the application that asks Dataverse, where nobody else is named', () => {
    const storage = read({
      EXTERNAL_STORAGE_URL: URL,
      POWER_AUTOMATE_CLIENT_ID: 'id',
      POWER_AUTOMATE_CLIENT_SECRET: 'a-secret',
      POWER_AUTOMATE_TOKEN_ENDPOINT: 'https://login.microsoftonline.com/t/oauth2/v2.0/token',
    });
    expect(storage).toMatchObject({ access: { credential: { getToken: expect.any(Function) } } });
  });

  it('is whom EXTERNAL_STORAGE_CREDENTIAL names, for the command too', () => {
    const environment = { EXTERNAL_STORAGE_URL: URL, EXTERNAL_STORAGE_CREDENTIAL: 'managedIdentity' };
    const named = { access: { credential: { kind: 'managedIdentity' } } };
    expect(read(environment)).toMatchObject(named);
    expect(readTemporalConfig(environment).payloads.externalStorage).toMatchObject(named);
  });

  it('must be told, and once', () => {
    expect(problemOf({ EXTERNAL_STORAGE_URL: URL })).toMatch(/EXTERNAL_STORAGE_CREDENTIAL, .* must be set/);
    expect(problemOf({ EXTERNAL_STORAGE_URL: URL, POWER_AUTOMATE_BEARER_TOKEN: 'a.b.c' })).toMatch(
      /no bearer token/,
    );
    const both = { EXTERNAL_STORAGE_ACCOUNT_KEY: KEY, EXTERNAL_STORAGE_SIGNATURE: 'sig=x' };
    expect(problemOf({ EXTERNAL_STORAGE_URL: URL, ...both })).toMatch(/must not be set together/);
  });

  it.each([
    ['EXTERNAL_STORAGE_ACCOUNT_KEY', 'not-a-key'],
    ['EXTERNAL_STORAGE_SIGNATURE', 'not-a-signature'],
    ['EXTERNAL_STORAGE_CREDENTIAL', 'nobody'],
  ])('is refused where %s is wrong, without its value', (name, value) => {
    const said = problemOf({ EXTERNAL_STORAGE_URL: URL, [name]: value });
    expect(said).toContain(`${name} must be`);
    expect(said).not.toContain(value);
  });

  it('does not show in a log', () => {
    const key = readConfig({ EXTERNAL_STORAGE_URL: URL, EXTERNAL_STORAGE_ACCOUNT_KEY: KEY });
    expect(secretsOf(key)).toContain(KEY);
    const signed = readConfig({ EXTERNAL_STORAGE_URL: URL, EXTERNAL_STORAGE_SIGNATURE: '?sv=1&sig=a%2Fb' });
    expect(secretsOf(signed)).toEqual(expect.arrayContaining(['sv=1&sig=a%2Fb', 'a/b', 'a%2Fb']));
  });
});
