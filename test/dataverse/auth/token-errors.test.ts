import { inspect } from 'node:util';
import { ClientCredentials } from '../../../src/dataverse/auth/client-credentials';
import {
  closedPort,
  closeServers,
  failureOf,
  grant,
  type Listening,
  oauth,
  type ScriptedServer,
  serve,
  serveBytes,
} from '../scripted-server';

afterEach(closeServers);

const SCOPE = 'https://contoso.crm4.dynamics.com/.default';

const sourceOf = (tokens: Listening | ScriptedServer, clock?: () => number) =>
  new ClientCredentials(oauth(tokens), SCOPE, clock);

describe('a token endpoint that refuses', () => {
  it.each([
    [401, 'invalid_client', 7000215],
    [400, 'unauthorized_client', 700016],
    [400, 'invalid_request', 90002],
    [400, 'invalid_scope', 70011],
  ])('with %i %s is told by its error and number, not by its description', async (status, error, number) => {
    const { clientId, clientSecret } = oauth({ origin: 'http://localhost', port: 0 });
    const error_description = `AADSTS${number}: for app '${clientId}', secret ${clientSecret}. Trace ID: 1`;
    const tokens = await serve({ status, body: { error, error_description, error_codes: [number] } });
    const failure = await failureOf(sourceOf(tokens).token());
    expect(failure).toMatchObject({ kind: 'unauthorized', outcome: 'refused', status, code: error });
    expect(failure.message).toBe(
      `The token endpoint refused the client credentials: ${error}, AADSTS${number}. Check client id, secret and tenant`,
    );
    const shown = inspect(failure, { depth: 10, showHidden: true });
    for (const hidden of [clientId, clientSecret, 'Trace ID']) expect(shown).not.toContain(hidden);
  });

  it('shows no secret, even where it writes one into the error itself', async () => {
    const { clientId } = oauth({ origin: 'http://localhost', port: 0 });
    const tokens = await serve({
      status: 400,
      body: { error: `no ${clientId}`, error_codes: ['x', 1.5, 7] },
    });
    const failure = await failureOf(sourceOf(tokens).token());
    expect(failure.message).toContain('no [redacted], AADSTS7.');
    expect(failure.code).toBe('no [redacted]');
  });

  it('with very many numbers names the first of them', async () => {
    const error_codes = Array.from({ length: 5_000 }, (_, number) => 90_000 + number);
    const tokens = await serve({ status: 400, body: { error: 'invalid_request', error_codes } });
    const { message } = await failureOf(sourceOf(tokens).token());
    expect(message).toContain('AADSTS90000, AADSTS90001');
    expect(message.length).toBeLessThan(500);
  });

  it('for a while only can be asked again', async () => {
    const tokens = await serve({ status: 400, body: { error: 'temporarily_unavailable' } });
    const failure = await failureOf(sourceOf(tokens).token());
    expect(failure).toMatchObject({ kind: 'unavailable', code: 'temporarily_unavailable' });
  });

  it.each([403, 404])('with %i and HTML is not a token endpoint', async (status) => {
    const tokens = await serve({ status, headers: { 'Content-Type': 'text/html' }, body: '<html>' });
    const failure = await failureOf(sourceOf(tokens).token());
    expect(failure).toMatchObject({ kind: 'unauthorized', status });
    expect(failure.message).toMatch(/answered \d+ with something other than a token. Check its URL/);
  });
});

describe('a token endpoint that is throttled', () => {
  let now = 1_000_000;
  const clock = () => now;

  it.each([
    ['Retry-After', { 'Retry-After': '30' }, 30_000],
    ['a minute, where there is none', {}, 60_000],
  ])('is left alone for %s by all who need the token', async (_what, headers, waitMs) => {
    const plainText = { 'Content-Type': 'text/plain', ...headers };
    const tokens = await serve(
      { status: 429, headers: plainText, body: 'Too Many Requests' },
      grant('granted'),
    );
    const source = sourceOf(tokens, clock);
    const together = await Promise.all([failureOf(source.token()), failureOf(source.token())]);
    for (const failure of together) {
      expect(failure).toMatchObject({
        kind: 'throttled',
        outcome: 'refused',
        status: 429,
        retryAfterMs: waitMs,
      });
    }
    now += waitMs - 1;
    await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'throttled', retryAfterMs: 1 });
    expect(tokens.seen).toHaveLength(1);
    now += 1;
    await expect(source.token()).resolves.toBe('granted');
  });

  it('with a date is left alone until then', async () => {
    const retryAfter = new Date(now + 9000).toUTCString();
    const tokens = await serve({ status: 503, headers: { 'Retry-After': retryAfter } });
    const source = sourceOf(tokens, clock);
    await expect(failureOf(source.token())).resolves.toMatchObject({
      kind: 'unavailable',
      retryAfterMs: 9000,
    });
    await expect(failureOf(source.token())).resolves.toMatchObject({ kind: 'throttled', retryAfterMs: 9000 });
  });
});

describe('a token endpoint that answers nonsense', () => {
  const JSON_TYPE = { 'Content-Type': 'application/json' };

  it.each([
    ['nothing', { body: '' }],
    ['HTML', { headers: { 'Content-Type': 'text/html' }, body: '<html>' }],
    ['half of its JSON', { headers: JSON_TYPE, body: '{"access_token":"gran' }],
    ['no access token', { body: { token_type: 'Bearer', expires_in: 3599 } }],
    ['a token of another type', { body: { token_type: 'mac', expires_in: 3599, access_token: 'granted' } }],
    ['204', { status: 204 }],
  ])('as %s is unreadable, and can be asked again', async (_what, reply) => {
    const tokens = await serve(reply, grant('granted'));
    const source = sourceOf(tokens);
    const failure = await failureOf(source.token());
    expect(failure).toMatchObject({ kind: 'unreadable', outcome: 'refused' });
    expect(inspect(failure, { depth: 10 })).not.toContain('gran"');
    await expect(source.token()).resolves.toBe('granted');
  });

  it.each([500, 502])('with %i is unavailable', async (status) => {
    const tokens = await serve({ status, body: '<html>' });
    await expect(failureOf(sourceOf(tokens).token())).resolves.toMatchObject({ kind: 'unavailable', status });
  });

  it('that is too long is unreadable', async () => {
    const tokens = await serve({ body: Buffer.alloc(1024 * 1024) });
    await expect(failureOf(sourceOf(tokens).token())).resolves.toMatchObject({ kind: 'unreadable' });
  });

  it('by breaking the connection off leaves the operation certainly refused', async () => {
    const broken = await serveBytes((socket) => socket.once('data', () => socket.resetAndDestroy()));
    for (const tokens of [broken, await closedPort()]) {
      const failure = await failureOf(sourceOf(tokens).token());
      expect(failure).toMatchObject({ kind: 'network', outcome: 'refused' });
      expect(failure.message).toMatch(/^The token endpoint could not be asked: 127\.0\.0\.1/);
    }
  });
});

describe('a token endpoint that answers what none should', () => {
  it('and refuses the credentials with 408 may take them later', async () => {
    const tokens = await serve({ status: 408, body: { error: 'invalid_client', error_codes: [7000215] } });
    expect(await failureOf(sourceOf(tokens).token())).toMatchObject({
      kind: 'unavailable',
      outcome: 'refused',
    });
  });

  it.each([205, 304])(
    'and sends a body with %i has given no token, and may give one later',
    async (status) => {
      const tokens = await serveBytes((socket) => {
        socket.end(`HTTP/1.1 ${status} x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
      });
      expect(await failureOf(sourceOf(tokens).token())).toMatchObject({
        kind: 'unreadable',
        outcome: 'refused',
      });
    },
  );

  it.each(['two words', 'ein-Schlüssel', 'a\r\nX-Injected: 1', ''])(
    'and gives a token that no header can hold is not believed: %j',
    async (token) => {
      const tokens = await serve(grant(token));
      const failure = await failureOf(sourceOf(tokens).token());
      expect(failure).toMatchObject({ kind: 'unreadable', outcome: 'refused' });
      if (token) expect(inspect(failure)).not.toContain(token);
    },
  );
});
