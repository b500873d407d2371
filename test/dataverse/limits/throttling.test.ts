import { gateOf, OrganizationGate } from '../../../src/dataverse/limits/organization-gate';
import {
  CHALLENGE,
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  grant,
  oauth,
  refusal,
  type Step,
  serve,
  TRIGGER,
  until,
  whoAmI,
} from '../scripted-server';

const NOW = Date.parse('2026-03-01T12:00:00Z');
let now: number;

beforeEach(() => {
  now = NOW;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
});

afterEach(() => {
  jest.restoreAllMocks();
  return closeServers();
});

const throttled = (headers = {}) =>
  refusal(429, '0x80072326', 'Number of concurrent requests exceeded the limit of 52.', headers);

describe('after a 429', () => {
  it.each([
    ['seconds', '7', 7000],
    ['seconds with a fraction', '0.5', 500],
    ['seconds with a thousands separator', '1,200', 1_200_000],
    ['an HTTP date', 'Sun, 01 Mar 2026 12:00:09 GMT', 9000],
    ['an HTTP date that is over', 'Sun, 01 Mar 2026 11:59:00 GMT', 0],
    ['nothing', undefined, 10_000],
    ['a text that is no date', 'in 5 minutes', 10_000],
    ['a negative number', '-5', 10_000],
  ])('the wait is that of Retry-After in %s', async (_what, value, expected) => {
    const server = await serve(throttled(value === undefined ? {} : { 'Retry-After': value }));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'throttled', outcome: 'refused', retryAfterMs: expected });
  });

  it('every client of the organization is refused locally, with what remains of the wait', async () => {
    const server = await serve(throttled({ 'Retry-After': '30' }));
    await failureOf(clientOf(server).whoAmI());
    now += 10_000;
    const other = clientOf(server, { credentials: { type: 'bearer', token: 'somebody-else' } });
    const error = await failureOf(other.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'throttled', outcome: 'refused', retryAfterMs: 20_000 });
    expect(error.status).toBeUndefined();
    expect(error.message).toBe('Dataverse asked to wait: no request for another 20000 ms');
    expect(server.seen).toHaveLength(1);
  });

  it('nobody asks for a token either', async () => {
    const tokens = await serve();
    const server = await serve(throttled({ 'Retry-After': '30' }));
    await failureOf(clientOf(server).whoAmI());
    const error = await failureOf(clientOf(server, { credentials: oauth(tokens) }).whoAmI());
    expect(error.kind).toBe('throttled');
    expect(tokens.seen).toEqual([]);
  });

  it('requests are sent again when the wait is over', async () => {
    const server = await serve(throttled({ 'Retry-After': '30' }), whoAmI());
    await failureOf(clientOf(server).whoAmI());
    now += 29_999;
    await failureOf(clientOf(server).whoAmI());
    now += 1;
    await expect(clientOf(server).whoAmI()).resolves.toHaveProperty('userId');
  });

  it('a shorter wait does not take back a longer one', async () => {
    const waiting: (() => void)[] = [];
    const answerTogether =
      (after: string): Step =>
      (_seen, response) => {
        waiting.push(() => response.writeHead(429, { 'Retry-After': after }).end());
        if (waiting.length === 2) for (const answer of waiting) answer();
        return undefined;
      };
    const server = await serve(answerTogether('60'), answerTogether('5'));
    const client = clientOf(server);
    await Promise.all([failureOf(client.whoAmI()), failureOf(client.whoAmI())]);
    const error = await failureOf(client.whoAmI());
    expect(error.retryAfterMs).toBe(60_000);
  });

  it('other organizations are not held back', async () => {
    const server = await serve(throttled({ 'Retry-After': '30' }));
    const other = await serve(whoAmI());
    await failureOf(clientOf(server).whoAmI());
    await expect(clientOf(other).whoAmI()).resolves.toHaveProperty('userId');
  });

  it('the second try after a 401 is not sent', async () => {
    const server = await serve();
    const tokens = await serve(grant('old-token'), () => {
      // Somebody else meets a 429 while the token is renewed.
      gateOf(new URL(server.origin)).close(30_000);
      return grant('new-token');
    });
    server.script(CHALLENGE);
    const client = clientOf(server, { credentials: oauth(tokens) });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'throttled', outcome: 'refused', retryAfterMs: 30_000 });
    expect(server.seen).toHaveLength(1);
  });
});

describe('after a 503', () => {
  it('with Retry-After every client of the organization waits', async () => {
    const server = await serve({ status: 503, headers: { 'Retry-After': '30' } });
    const first = await failureOf(clientOf(server).whoAmI());
    expect(first).toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
    const second = await failureOf(clientOf(server).whoAmI());
    expect(second).toMatchObject({ kind: 'throttled', retryAfterMs: 30_000 });
  });

  it('without it nobody does', async () => {
    const server = await serve({ status: 503 }, whoAmI());
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.retryAfterMs).toBeUndefined();
    await expect(clientOf(server).whoAmI()).resolves.toHaveProperty('userId');
  });
});

describe('the gate of an organization', () => {
  it('is the same one for both spellings of its host', () => {
    const gate = gateOf(new URL('https://contoso.crm4.dynamics.com'));
    expect(gateOf(new URL('https://contoso.api.crm4.dynamics.com/api/data/v9.2/'))).toBe(gate);
    expect(gateOf(new URL('https://fabrikam.crm4.dynamics.com'))).not.toBe(gate);
    expect(gateOf(new URL('https://contoso.crm.dynamics.com'))).not.toBe(gate);
  });

  it('that closes while callers wait in its queue refuses them', async () => {
    const gate = new OrganizationGate({ concurrentRequests: 1 });
    let leave: (() => void) | undefined;
    const inside = gate.pass(
      () =>
        new Promise<void>((resolve) => {
          leave = resolve;
        }),
    );
    await until(() => leave !== undefined);
    const work = jest.fn(async () => {});
    const waiting = failureOf(gate.pass(work));
    gate.close(5000);
    leave?.();
    await inside;
    await expect(waiting).resolves.toMatchObject({ kind: 'throttled', retryAfterMs: 5000 });
    now += 5000;
    await gate.pass(work);
    expect(work).toHaveBeenCalledTimes(1);
  });
});
