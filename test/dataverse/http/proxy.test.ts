/** A corporate proxy between the worker and https hosts: what it refuses is not Dataverse's refusal. */
import { randomUUID } from 'node:crypto';
import {
  type CorporateProxy,
  ORGANIZATION_HOST,
  PASSWORD,
  startCorporateProxy,
  TOKEN_HOST,
} from '../../helpers/corporate-proxy';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  grant,
  oauth,
  refusal,
  type ScriptedServer,
  SESSION_ID,
  serve,
  started,
  TOKEN,
  TRIGGER,
  until,
  whoAmI,
} from '../scripted-server';

const ORGANIZATION = { origin: `https://${ORGANIZATION_HOST}` };

let organization: ScriptedServer;
let tokens: ScriptedServer;
let proxy: CorporateProxy;

beforeEach(async () => {
  organization = await serve();
  tokens = await serve();
  proxy = await startCorporateProxy({
    [ORGANIZATION_HOST]: portOf(organization),
    [TOKEN_HOST]: portOf(tokens),
  });
});

afterEach(async () => {
  proxy.close();
  await closeServers();
});

function portOf({ origin }: ScriptedServer): number {
  return Number(new URL(origin).port);
}

const bearer = () => clientOf(ORGANIZATION);
/** With a secret of its own: a token that another test got is kept. */
const withTokens = () => {
  const credentials = { ...oauth({ origin: `https://${TOKEN_HOST}` }), clientSecret: randomUUID() };
  return clientOf(ORGANIZATION, { credentials });
};

const CALLS = [
  ['a look', (client = bearer()) => client.whoAmI()],
  ['a trigger', (client = bearer()) => client.runDesktopFlow(FLOW_ID, TRIGGER)],
] as const;

describe.each(CALLS)('%s through a proxy', (what, call) => {
  const answer = what === 'a trigger' ? started() : whoAmI();

  it.each([
    [403, 'Forbidden', /Check whether it allows this host$/],
    [407, 'Proxy Authentication Required', /Check the user and password in HTTPS_PROXY$/],
    [502, 'Bad Gateway', /Check whether it can reach this host$/],
    [503, 'Service Unavailable', /Check whether it can reach this host$/],
  ])('that refuses with %d was certainly not sent, and names the proxy', async (status, name, advice) => {
    proxy.refuse(status);
    const error = await failureOf(call());
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
    expect(error.status).toBeUndefined();
    expect(error.message).toContain(
      `The proxy ${proxy.host} refused the connection to ${ORGANIZATION_HOST} with ${status} (${name})`,
    );
    expect(error.message).toMatch(advice);
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain(PASSWORD);
    expect(organization.seen).toEqual([]);
  });

  it('works as soon as the proxy lets it pass', async () => {
    const client = bearer();
    proxy.refuse(403, 407);
    for (const status of [403, 407]) {
      expect((await failureOf(call(client))).message).toContain(` with ${status} `);
    }
    organization.script(answer);
    await call(client);
    expect(organization.seen).toMatchObject([{ headers: { authorization: `Bearer ${TOKEN}` } }]);
    expect(proxy.seen.map(({ status }) => status)).toEqual([403, 407, 200]);
  });

  it('is not known to be refused by Dataverse where the proxy does not know the password', async () => {
    proxy.usePassword('another-one');
    const error = await failureOf(call());
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
    expect(error.message).toContain('with 407');
    expect(error.message).not.toContain('another-one');
  });

  it('keeps what the proxy says about when to come again', async () => {
    proxy.refuse({ status: 503, headers: { 'Retry-After': '7' } });
    await expect(failureOf(call())).resolves.toMatchObject({ kind: 'network', retryAfterMs: 7000 });
  });

  it('is refused by Dataverse where Dataverse itself refuses, in the tunnel', async () => {
    organization.script(refusal(403, '0x80040220', 'No'));
    const error = await failureOf(call());
    expect(error).toMatchObject({ kind: 'forbidden', outcome: 'refused', status: 403 });
    expect(error.message).not.toContain('proxy');
  });
});

describe('a trigger through a proxy', () => {
  it.each([
    ['ends the tunnel before TLS stands', 'HTTP/1.1 200 Connection established\r\n\r\n'],
    ['answers with something other than HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ])('that %s was certainly not sent', async (_what, bytes) => {
    proxy.refuse((socket) => socket.end(bytes));
    const error = await failureOf(bearer().runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
    expect(error.message).toContain(`through the proxy ${proxy.host}`);
  });

  it('that resets the connection was certainly not sent', async () => {
    proxy.refuse((socket) => socket.resetAndDestroy());
    const error = await failureOf(bearer().runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
  });

  it('that never answers was certainly not sent', async () => {
    proxy.refuse(() => {});
    const client = clientOf(ORGANIZATION, { requestTimeoutMs: 100 });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'refused' });
    expect(error.message).toContain(`through the proxy ${proxy.host}`);
  });

  it('leaves a doubt where the tunnel breaks after it was sent', async () => {
    organization.script((_seen, response) => {
      response.socket?.resetAndDestroy();
      return undefined;
    });
    const error = await failureOf(bearer().runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'unknown' });
    expect(organization.seen).toHaveLength(1);
  });

  it('leaves a doubt where no answer came in time', async () => {
    organization.script(() => undefined);
    const client = clientOf(ORGANIZATION, { requestTimeoutMs: 1000 });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
    await until(() => organization.seen.length === 1);
  });

  it('leaves a doubt where a 407 comes through the tunnel', async () => {
    organization.script({ status: 407 });
    const error = await failureOf(bearer().runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'unavailable', outcome: 'unknown', status: 407 });
  });
});

describe('a token endpoint behind a proxy', () => {
  it.each([403, 407, 502, 503])(
    'does not refuse the credentials where the proxy refuses with %d',
    async (status) => {
      const client = withTokens();
      proxy.refuse(status);
      const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
      expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
      expect(error.message).toMatch(
        `The token endpoint could not be asked: The proxy ${proxy.host} refused the connection to ${TOKEN_HOST} with ${status}`,
      );
      expect(error.message).not.toContain(PASSWORD);
      expect(tokens.seen).toEqual([]);
      tokens.script(grant('a-token'));
      organization.script(started());
      await expect(client.runDesktopFlow(FLOW_ID, TRIGGER)).resolves.toMatchObject({
        flowSessionId: SESSION_ID,
      });
      expect(organization.seen).toMatchObject([{ headers: { authorization: 'Bearer a-token' } }]);
    },
  );
});
