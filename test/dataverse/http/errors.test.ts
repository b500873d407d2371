import { inspect } from 'node:util';
import { headerNumber } from '../../../src/dataverse/http/answers';
import {
  clientOf,
  closedPort,
  closeServers,
  FLOW_ID,
  failureOf,
  grant,
  oauth,
  refusal,
  SESSION_ID,
  serve,
  TOKEN,
  TRIGGER,
} from '../scripted-server';

afterEach(closeServers);

describe('a refusal of Dataverse', () => {
  it.each([
    [400, 'badRequest'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [405, 'badRequest'],
    [408, 'timeout'],
    [412, 'badRequest'],
    [413, 'badRequest'],
    [429, 'throttled'],
    [500, 'unavailable'],
    [501, 'unavailable'],
    [503, 'unavailable'],
  ])('with the status %i is %s', async (status, kind) => {
    const server = await serve(refusal(status, '0x80040216', 'An unexpected error occurred.'));
    const error = await failureOf(clientOf(server).getFlowSession(SESSION_ID));
    expect(error).toMatchObject({
      name: 'DataverseError',
      kind,
      status,
      code: '0x80040216',
      dataverseMessage: 'An unexpected error occurred.',
      message: `Dataverse answered ${status} (0x80040216): An unexpected error occurred.`,
    });
  });

  it('loses the blank that some texts start with', async () => {
    const server = await serve(refusal(403, '0x80040220', ' Principal user is missing prvReadworkflow'));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.dataverseMessage).toBe('Principal user is missing prvReadworkflow');
  });

  it('may have no code', async () => {
    const server = await serve(refusal(404, '', 'account With Id = 1 Does Not Exist'));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.code).toBeUndefined();
    expect(error.message).toBe('Dataverse answered 404: account With Id = 1 Does Not Exist');
  });

  it('is cut to 2,000 characters', async () => {
    const server = await serve(refusal(400, 'c'.repeat(5000), 'm'.repeat(5000)));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.dataverseMessage).toBe('m'.repeat(2000));
    expect(error.code).toBe('c'.repeat(200));
  });

  it.each([
    ['nothing', ''],
    ['a page without a word', '<!DOCTYPE html><script>let a = 1</script><p></p>'],
    ['half of its JSON', '{"error":{"code":"0x80'],
    ['JSON that is no object', '"no"'],
    ['an error that is null', '{"error":null}'],
    ['numbers instead of texts', '{"error":{"code":7,"message":8}}'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
  ])('survives %s', async (_what, body) => {
    const server = await serve({ status: 502, body });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'unavailable', status: 502 });
    expect(error.message).toBe('Dataverse answered 502: without an explanation');
    expect(error.dataverseMessage).toBeUndefined();
  });
});

describe('the explanation of a refusal', () => {
  const TOKEN = 'the-token-of-the-request';

  it.each([
    ['a page with a title', '<!DOCTYPE html><title>502 Bad\n Gateway</title><p>x</p>', '502 Bad Gateway'],
    [
      'a page without a title',
      '<h1>Service</h1> <style>p {}</style><b>unavailable</b>',
      'Service unavailable',
    ],
    ['a plain text', `No token ${TOKEN} here.\n`, 'No token [redacted] here.'],
    ['an error that is a text', { error: 'no' }, 'no'],
    [
      'an OAuth error',
      { error: 'invalid_request', error_description: 'No tenant' },
      'invalid_request: No tenant',
    ],
    ['the message of ASP.NET', { Message: 'Authorization has been denied' }, 'Authorization has been denied'],
    ['the connector layer', { statusCode: 502, message: 'Upstream failed' }, 'Upstream failed'],
    ['an inner error', { error: { code: '', message: '', innererror: { message: 'Deep' } } }, 'Deep'],
  ])('is found in %s', async (_what, body, expected) => {
    const server = await serve({ status: 502, body });
    const client = clientOf(server, { credentials: { type: 'bearer', token: TOKEN } });
    const error = await failureOf(client.whoAmI());
    expect(error.message).toBe(`Dataverse answered 502: ${expected}`);
  });

  it('is cut to 300 characters where it is a plain text', async () => {
    const server = await serve({ status: 502, body: 'word '.repeat(500) });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.dataverseMessage?.length).toBeLessThanOrEqual(300);
  });

  it('is found in the challenge of a 401', async () => {
    const challenge =
      'Bearer error="invalid_token", error_description="AADSTS500011: The resource is not known"';
    const server = await serve({ status: 401, headers: { 'WWW-Authenticate': challenge } });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.message).toBe('Dataverse answered 401: AADSTS500011: The resource is not known');
  });
});

describe('the request id', () => {
  const [FIRST, SECOND] = ['7341c0c1-3343-430b-98ea-292567ed4776', '1ee13aa7-47f3-4a75-95fa-2916775a1f79'];

  it.each([
    ['REQ_ID', { REQ_ID: SECOND, 'x-ms-service-request-id': FIRST }, SECOND],
    ['the second of the doubled header', { 'x-ms-service-request-id': [FIRST, SECOND] }, SECOND],
    ['the only header', { 'x-ms-service-request-id': FIRST }, FIRST],
    ['nothing', {}, undefined],
  ])('is %s', async (_what, headers, expected) => {
    const server = await serve({ ...refusal(400, '', 'No.'), headers });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.requestId).toBe(expected);
  });

  it('is kept for an answer that cannot be read', async () => {
    const server = await serve({ headers: { REQ_ID: SECOND }, body: '<html>' });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'unreadable', requestId: SECOND });
  });
});

describe('a number in a header', () => {
  it.each([
    ['1,200.00', 1200],
    ['5999', 5999],
    ['0', 0],
    ['1,234,567', 1234567],
    ['-1', undefined],
    ['many', undefined],
    ['', undefined],
  ])('%p is %p', (text, expected) => {
    const answer = { status: 200, headers: { 'x-number': text }, body: Buffer.alloc(0) };
    expect(headerNumber(answer, 'x-number')).toBe(expected);
    expect(headerNumber(answer, 'x-other')).toBeUndefined();
  });
});

describe('an error shows no secret', () => {
  it('even when the server echoes token, client id and client secret', async () => {
    const tokens = await serve(grant('granted-token'), grant('granted-token-2'));
    const credentials = oauth(tokens);
    const { clientId, clientSecret } = credentials;
    const echo = `granted-token granted-token-2 ${clientId} ${clientSecret}.`;
    const server = await serve({ status: 401 }, refusal(403, clientId, echo));
    const error = await failureOf(clientOf(server, { credentials }).whoAmI());
    expect(error.dataverseMessage).toBe('[redacted] [redacted] [redacted] [redacted].');
    expect(error.code).toBe('[redacted]');
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of ['granted-token', clientId, clientSecret]) expect(shown).not.toContain(secret);
  });

  it('when the echo is cut in the middle of it', async () => {
    const server = await serve(refusal(400, '', `${'m'.repeat(1990)}${TOKEN}`));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.dataverseMessage).toBe(`${'m'.repeat(1990)}[redacted]`);
  });

  it('whatever goes wrong: neither headers nor the request are kept', async () => {
    const server = await serve(refusal(500, '', 'No.'), { body: '<html>' }, (_seen, response) => {
      response.socket?.resetAndDestroy();
      return undefined;
    });
    const nobody = await closedPort();
    const run = (origin: string) =>
      clientOf({ origin }).runDesktopFlow(FLOW_ID, { ...TRIGGER, inputs: '{"a":1}' });
    for (const origin of [server.origin, server.origin, server.origin, nobody.origin]) {
      const error = await failureOf(run(origin));
      const shown = inspect(error, { depth: 10, showHidden: true });
      expect(shown).not.toContain(TOKEN);
      expect(shown).not.toMatch(/authorization|"a"/i);
      expect(error.cause).toBeUndefined();
    }
  });
});
