import { DataverseClient } from '../../../src/dataverse';
import { ClientCredentials } from '../../../src/dataverse/auth/client-credentials';
import { startEmulator } from '../../../src/testing/emulator';
import {
  CHALLENGE,
  clientOf,
  closeServers,
  failureOf,
  grant,
  oauth,
  type SeenRequest,
  type Step,
  serve,
  until,
  whoAmI,
} from '../scripted-server';

afterEach(closeServers);

const ORGANIZATION = 'https://contoso.crm4.dynamics.com';
const MINUTE_MS = 60_000;

const bearerOf = ({ headers }: SeenRequest) => headers.authorization;

describe('the token request', () => {
  it('is that of OAuth 2.0 client credentials, for the organization alone', async () => {
    const tokens = await serve(grant('granted'));
    const server = await serve(whoAmI());
    const credentials = oauth(tokens);
    await clientOf(server, { credentials }).whoAmI();
    const [asked] = tokens.seen;
    expect(asked).toMatchObject({ method: 'POST', path: '/contoso/oauth2/v2.0/token' });
    expect(asked?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(asked?.headers['user-agent']).toBe('temporal-power-automate');
    expect(asked?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      scope: `${server.origin}/.default`,
    });
    expect(server.seen.map(bearerOf)).toEqual(['Bearer granted']);
  });

  it('names the organization by its resource at an endpoint of version 1, whose numbers are texts', async () => {
    const tokens = await serve({
      body: { token_type: 'Bearer', expires_in: '3599', access_token: 'granted' },
    });
    const server = await serve(whoAmI(), whoAmI());
    const credentials = { ...oauth(tokens), tokenEndpoint: `${tokens.origin}/contoso/oauth2/token` };
    const client = clientOf(server, { credentials });
    await client.whoAmI();
    await client.whoAmI();
    const form = Object.fromEntries(new URLSearchParams(tokens.seen[0]?.body));
    expect(form).toMatchObject({ resource: `${server.origin}/` });
    expect(form.scope).toBeUndefined();
    expect(tokens.seen).toHaveLength(1);
  });

  it('works at the endpoint of version 1 of the emulator', async () => {
    const emulator = await startEmulator();
    const { url, clientId, clientSecret, tokenEndpoint } = emulator;
    const client = new DataverseClient({
      organizationUri: url,
      credentials: {
        type: 'oauth',
        clientId,
        clientSecret,
        tokenEndpoint: tokenEndpoint.replace('/v2.0', ''),
      },
    });
    await expect(client.whoAmI()).resolves.toHaveProperty('userId');
    await emulator.close();
  });

  it('is not redirected', async () => {
    const target = await serve();
    const tokens = await serve({ status: 307, headers: { Location: `${target.origin}/token` } });
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION);
    const error = await failureOf(source.token());
    expect(error).toMatchObject({ outcome: 'refused', status: 307 });
    expect(target.seen).toEqual([]);
  });
});

describe('one token', () => {
  it('is asked for once, however many clients call at once', async () => {
    const tokens = await serve(grant('granted'));
    const server = await serve();
    server.always(whoAmI());
    const credentials = oauth(tokens);
    await Promise.all(Array.from({ length: 50 }, () => clientOf(server, { credentials }).whoAmI()));
    expect(tokens.seen).toHaveLength(1);
    expect(new Set(server.seen.map(bearerOf))).toEqual(new Set(['Bearer granted']));
    expect(server.seen).toHaveLength(50);
  });

  it('is not shared between credentials, nor between organizations', async () => {
    const tokens = await serve(grant('one'), grant('two'), grant('three'));
    const [first, second] = [await serve(whoAmI(), whoAmI()), await serve(whoAmI())];
    const credentials = oauth(tokens);
    await clientOf(first, { credentials }).whoAmI();
    await clientOf(first, { credentials: { ...credentials, clientSecret: 'another' } }).whoAmI();
    await clientOf(second, { credentials }).whoAmI();
    expect([...first.seen, ...second.seen].map(bearerOf)).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer three',
    ]);
  });

  it('is still fetched for the others when one of them gives up', async () => {
    const giveUp = new AbortController();
    let grantIt = () => {};
    const tokens = await serve((_seen, response) => {
      grantIt = () => response.end(JSON.stringify(grant('granted').body));
      response.setHeader('Content-Type', 'application/json');
      giveUp.abort();
      return undefined;
    });
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION);
    const other = source.token();
    await expect(failureOf(source.token(giveUp.signal))).resolves.toMatchObject({
      kind: 'aborted',
      outcome: 'refused',
    });
    grantIt();
    await expect(other).resolves.toBe('granted');
  });
});

describe('renewal', () => {
  let now = 0;
  const clock = () => now;

  beforeEach(() => {
    now = 0;
  });

  it.each([
    ['an hour', 3600, 55],
    ['75 minutes', 4500, 70],
    ['10 minutes', 600, 8],
  ])('comes before the end of a token that lives for %s', async (_life, seconds, renewedAtMinutes) => {
    const tokens = await serve(grant('one', seconds), grant('two', seconds));
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION, clock);
    await source.token();
    now = renewedAtMinutes * MINUTE_MS - 1;
    await expect(source.token()).resolves.toBe('one');
    now = renewedAtMinutes * MINUTE_MS;
    await expect(Promise.all([source.token(), source.token()])).resolves.toEqual(['two', 'two']);
  });

  it('of a token that does not tell its life comes after the shortest that Microsoft gives', async () => {
    const granted = (access_token: string): Step => ({ body: { token_type: 'Bearer', access_token } });
    const tokens = await serve(granted('one'), granted('two'));
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION, clock);
    await expect(source.token()).resolves.toBe('one');
    now = 8 * MINUTE_MS - 1;
    await expect(source.token()).resolves.toBe('one');
    now = 8 * MINUTE_MS;
    await expect(source.token()).resolves.toBe('two');
  });

  it('of a token that is over at once comes with every call', async () => {
    const tokens = await serve(grant('one', 0), grant('two', 0));
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION, clock);
    await expect(source.token()).resolves.toBe('one');
    await expect(source.token()).resolves.toBe('two');
  });

  it('that fails leaves the old token in use until it ends', async () => {
    const tokens = await serve(grant('one', 3600), { status: 503 }, { status: 503 });
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION, clock);
    await source.token();
    now = 56 * MINUTE_MS;
    await expect(source.token()).resolves.toBe('one');
    now = 60 * MINUTE_MS;
    await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'unavailable' });
  });

  it('that fails does not bring back a token that was refused', async () => {
    const tokens = await serve(grant('one', 3600), { status: 503 });
    const source = new ClientCredentials(oauth(tokens), ORGANIZATION, clock);
    expect(source.refuse(await source.token())).toBe(true);
    await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'unavailable' });
  });
});

describe('a 401 of the organization', () => {
  it('brings one new token for all who were refused together', async () => {
    const tokens = await serve(grant('old'), grant('new'));
    const server = await serve();
    server.always(({ headers }) => (headers.authorization === 'Bearer new' ? whoAmI() : { status: 401 }));
    const credentials = oauth(tokens);
    await Promise.all(Array.from({ length: 20 }, () => clientOf(server, { credentials }).whoAmI()));
    expect(tokens.seen).toHaveLength(2);
  });

  it('that comes late does not drop the token that has replaced the refused one', async () => {
    const tokens = await serve(grant('old'), grant('new'));
    const server = await serve();
    let refuseLate: (() => void) | undefined;
    server.script((_seen, response) => {
      refuseLate = () => response.writeHead(401).end();
      return undefined;
    });
    server.always(({ headers }) => (headers.authorization === 'Bearer new' ? whoAmI() : { status: 401 }));
    const client = clientOf(server, { credentials: oauth(tokens) });
    const late = client.whoAmI();
    await until(() => refuseLate !== undefined);
    await client.whoAmI();
    refuseLate?.();
    await expect(late).resolves.toHaveProperty('userId');
    expect(tokens.seen).toHaveLength(2);
  });

  it('to a bearer token is not repeated', async () => {
    const server = await serve(CHALLENGE);
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'unauthorized', status: 401, outcome: 'refused' });
  });
});
