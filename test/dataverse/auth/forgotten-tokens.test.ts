/** Which credentials a process forgets, once it has seen many. */
import { tokenSourceFor } from '../../../src/dataverse/auth/token-source';
import { closeServers, failureOf, oauth, serve, until } from '../scripted-server';

afterEach(closeServers);

const ORGANIZATION = new URL('https://contoso.crm4.dynamics.com');

let secrets = 0;

function useManyOthers(): void {
  for (let count = 0; count < 200; count += 1) {
    secrets += 1;
    tokenSourceFor(ORGANIZATION, {
      type: 'oauth',
      clientId: 'id',
      clientSecret: `secret-${secrets}`,
      tokenEndpoint: 'https://login.example/token',
    });
  }
}

describe('the source of a token', () => {
  it('is forgotten with its client secret, once many others were asked for after it', async () => {
    const credentials = oauth(await serve());
    const source = tokenSourceFor(ORGANIZATION, credentials);
    expect(tokenSourceFor(ORGANIZATION, credentials)).toBe(source);
    useManyOthers();
    expect(tokenSourceFor(ORGANIZATION, credentials)).not.toBe(source);
  });

  it('is kept while its token endpoint has asked to wait', async () => {
    const credentials = oauth(await serve({ status: 429, headers: { 'Retry-After': '60' } }));
    const source = tokenSourceFor(ORGANIZATION, credentials);
    await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'throttled' });
    useManyOthers();
    expect(tokenSourceFor(ORGANIZATION, credentials)).toBe(source);
  });

  it('is kept while a token is being asked for, for others to wait for the same one', async () => {
    const tokens = await serve(() => undefined);
    const credentials = oauth(tokens);
    const source = tokenSourceFor(ORGANIZATION, credentials);
    const asking = failureOf(source.token());
    await until(() => tokens.seen.length === 1);
    useManyOthers();
    expect(tokenSourceFor(ORGANIZATION, credentials)).toBe(source);
    await closeServers();
    await asking;
  });
});
