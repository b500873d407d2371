import { inspect } from 'node:util';
import axios from 'axios';
import { DataverseClient } from '../../src/dataverse';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  SESSION_ID,
  SHORT_TIMEOUT_MS,
  serve,
  serveBytes,
  started,
  TOKEN,
  TRIGGER,
  until,
  whoAmI,
} from './scripted-server';

afterEach(closeServers);

describe('every request', () => {
  it('carries the OData headers, the token and a name of its own', async () => {
    const server = await serve(whoAmI());
    await clientOf(server).whoAmI();
    expect(server.seen[0]?.headers).toMatchObject({
      accept: 'application/json',
      'odata-version': '4.0',
      'odata-maxversion': '4.0',
      'if-none-match': 'null',
      authorization: `Bearer ${TOKEN}`,
      'user-agent': 'temporal-power-automate',
    });
  });

  it('never asks for impersonation, which this API does not support', async () => {
    const server = await serve(started(), whoAmI());
    await clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER);
    await clientOf(server).whoAmI();
    for (const { headers } of server.seen) {
      expect(Object.keys(headers)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/caller|impersonat/i)]),
      );
    }
  });

  it('declares JSON where it has a body, and no content at all where it has none', async () => {
    const server = await serve(started(), { status: 204 });
    await clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER);
    await clientOf(server).cancelDesktopFlowRun(SESSION_ID);
    const [trigger, cancel] = server.seen;
    expect(trigger?.headers['content-type']).toBe('application/json');
    expect(cancel?.headers['content-type']).toBeUndefined();
    expect(cancel?.body).toBe('');
  });

  it('cannot be seen by an interceptor that the host program sets on axios', async () => {
    const seen: unknown[] = [];
    const interceptor = axios.interceptors.request.use((config) => {
      seen.push(config);
      return config;
    });
    const server = await serve(whoAmI());
    await clientOf(server).whoAmI();
    axios.interceptors.request.eject(interceptor);
    expect(seen).toEqual([]);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('by %i is an error, and the token does not follow it', async (status) => {
    const target = await serve();
    const server = await serve({ status, headers: { Location: `${target.origin}/api/data/v9.2/WhoAmI` } });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'badRequest', status });
    expect(error.message).toMatch(/redirect.*Check the organization URI/);
    expect(target.seen).toEqual([]);
  });
});

describe('the bounds of a request', () => {
  it('an answer that never comes ends in a time-out', async () => {
    const server = await serve(() => undefined);
    const error = await failureOf(clientOf(server, { requestTimeoutMs: SHORT_TIMEOUT_MS }).whoAmI());
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
    expect(error.message).toContain(`did not answer within ${SHORT_TIMEOUT_MS} ms`);
  });

  it('the time-out also bounds an answer that has begun', async () => {
    const server = await serve((_seen, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.write('{"UserId":');
      return undefined;
    });
    const error = await failureOf(clientOf(server, { requestTimeoutMs: SHORT_TIMEOUT_MS }).whoAmI());
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
  });

  it('the signal of the caller ends a request and closes its connection', async () => {
    const giveUp = new AbortController();
    let closed = false;
    const server = await serve((_seen, response) => {
      response.on('close', () => {
        closed = true;
      });
      giveUp.abort();
      return undefined;
    });
    const error = await failureOf(clientOf(server).whoAmI({ signal: giveUp.signal }));
    expect(error).toMatchObject({ kind: 'aborted', outcome: 'unknown' });
    await until(() => closed);
  });

  it('with a signal that is aborted already nothing is sent', async () => {
    const server = await serve();
    const error = await failureOf(clientOf(server).whoAmI({ signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ kind: 'aborted', outcome: 'refused' });
    expect(server.seen).toEqual([]);
  });

  it('an answer above the limit is not read to its end', async () => {
    let closed = false;
    const server = await serve((_seen, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'Content-Length': 1e12 });
      const megabyte = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(megabyte)) {}
      };
      response.on('drain', more);
      more();
      return undefined;
    });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ kind: 'tooLarge', size: 1e12 });
    await until(() => closed);
  });
});

describe('a proxy in the environment', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  function useProxy({ origin }: { origin: string }) {
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) process.env[name] = origin;
    delete process.env.NO_PROXY;
    delete process.env.no_proxy;
  }

  it('is never used for loopback', async () => {
    const proxy = await serve();
    useProxy(proxy);
    const server = await serve(whoAmI(), started());
    await clientOf(server).whoAmI();
    await clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER);
    expect(server.seen).toHaveLength(2);
    expect(proxy.seen).toEqual([]);
  });

  it('is asked for a tunnel to the organization, and sees no token', async () => {
    let heard = '';
    const proxy = await serveBytes((socket) => {
      socket.on('data', (data) => {
        heard += data;
        socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      });
    });
    useProxy(proxy);
    const client = clientOf({ origin: 'https://contoso.crm4.dynamics.com' });
    await failureOf(client.whoAmI());
    await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(heard.match(/^CONNECT contoso\.crm4\.dynamics\.com:443 HTTP/gm)).toHaveLength(2);
    expect(heard).not.toContain(TOKEN);
    expect(heard).not.toMatch(/^authorization/im);
  });
});

describe('a client', () => {
  it('shows none of its secrets', () => {
    const credentials = {
      type: 'oauth',
      clientId: 'the-client-id',
      clientSecret: 'the-client-secret',
      tokenEndpoint: 'https://login.microsoftonline.com/contoso/oauth2/v2.0/token',
    } as const;
    const client = clientOf({ origin: 'https://contoso.crm4.dynamics.com' }, { credentials });
    const bearer = clientOf({ origin: 'https://contoso.crm4.dynamics.com' });
    const shown = [client, bearer].map(
      (each) => inspect(each, { depth: 20, showHidden: true }) + JSON.stringify(each),
    );
    expect(shown.join()).not.toMatch(/the-client|bearer-token/);
  });

  it.each([
    ['http://contoso.crm4.dynamics.com', /https/],
    ['https://user:word@contoso.crm4.dynamics.com', /credentials/],
    ['https://contoso.crm4.dynamics.com/api', /origin/],
  ])('is not made for %s', (organizationUri, problem) => {
    const credentials = { type: 'bearer', token: TOKEN } as const;
    expect(() => new DataverseClient({ organizationUri, credentials })).toThrow(problem);
  });

  it('is not made for a token endpoint in plain http', () => {
    const tokenEndpoint = 'http://login.microsoftonline.com/contoso/oauth2/v2.0/token';
    const credentials = { type: 'oauth', clientId: 'id', clientSecret: 'secret', tokenEndpoint } as const;
    expect(() => clientOf({ origin: 'https://contoso.crm4.dynamics.com' }, { credentials })).toThrow(/https/);
  });
});
