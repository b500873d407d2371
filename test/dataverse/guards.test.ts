import { scrub } from '../../src/common/scrub';
import { DataverseClient } from '../../src/dataverse';
import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  grant,
  oauth,
  refusal,
  SESSION_ID,
  serve,
  started,
  TOKEN,
  TRIGGER,
  until,
  whoAmI,
} from './scripted-server';

afterEach(closeServers);

describe('what a caller passes', () => {
  it.each(['../../../evil?', '', `${SESSION_ID})/x`, 'a b'])(
    'gets into no path unless it is a GUID: %p',
    async (id) => {
      const server = await serve();
      const client = clientOf(server);
      for (const call of [
        client.runDesktopFlow(id, TRIGGER),
        client.getFlowSession(id),
        client.getFlowSessions([SESSION_ID, id]),
        client.getOutputs(id),
        client.cancelDesktopFlowRun(id),
        client.getFlowSchemas(id),
      ]) {
        await expect(failureOf(call)).resolves.toMatchObject({ kind: 'badRequest', outcome: 'refused' });
      }
      expect(server.seen).toEqual([]);
    },
  );

  it('is asked for once, however often and in whatever case an id is named', async () => {
    const server = await serve({ body: { value: [{ flowsessionid: SESSION_ID, statuscode: 2 }] } });
    const sessions = await clientOf(server).getFlowSessions([SESSION_ID, SESSION_ID.toUpperCase()]);
    expect(sessions).toHaveLength(1);
    expect(decodeURIComponent(server.seen[0]?.path ?? '')).toContain(`@p2=["${SESSION_ID}"]`);
  });

  it.each(['with a\nline break', 'with a blank', ''])('is no bearer token: %j', (token) => {
    const credentials = { type: 'bearer', token } as const;
    const make = () =>
      new DataverseClient({ organizationUri: 'https://contoso.crm4.dynamics.com', credentials });
    expect(make).toThrow(/^token must be one word of visible ASCII characters$/);
  });
});

describe('a list of rows', () => {
  it('ends when its pages lead in circles', async () => {
    const server = await serve();
    const link = `${server.origin}/api/data/v9.2/workflows?$skiptoken=1`;
    server.always({ body: { value: [], '@odata.nextLink': link } });
    await expect(failureOf(clientOf(server).listFlows())).resolves.toMatchObject({ kind: 'unreadable' });
    expect(server.seen).toHaveLength(2);
  });

  it.each([null, 'text', 7])('with a row that is none is unreadable: %p', async (row) => {
    const server = await serve({ body: { value: [row] } });
    await expect(failureOf(clientOf(server).listFlows())).resolves.toMatchObject({ kind: 'unreadable' });
  });
});

describe('an echoed secret', () => {
  it.each([
    ['as it is', 'Secret+/= ok'],
    ['in another case', 'sECRET+/= OK'],
    ['as it was sent in a form', 'Secret%2B%2F%3D+ok'],
  ])('is cut out of a text %s', (_how, echoed) => {
    expect(scrub(`You sent <${echoed}>.`, ['Secret+/= ok'])).toBe('You sent <[redacted]>.');
  });

  it('is cut out of code, message and request id', async () => {
    const server = await serve(refusal(403, `no ${TOKEN}`, `no ${TOKEN.toUpperCase()}`, { REQ_ID: TOKEN }));
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error).toMatchObject({ code: 'no [redacted]', dataverseMessage: 'no [redacted]' });
    expect(error.requestId).toBeUndefined();
    expect(JSON.stringify({ ...error, message: error.message }).toLowerCase()).not.toContain(
      TOKEN.toLowerCase(),
    );
  });
});

describe('waiting', () => {
  it('for a token keeps no place of those who have one', async () => {
    const organization = await serve();
    const tokens = await serve(grant('first'), () => undefined);
    organization.always((seen) =>
      seen.headers.authorization === 'Bearer first' ? { status: 401 } : whoAmI(),
    );
    const renewing = clientOf(organization, { credentials: oauth(tokens) });
    const stuck = Array.from({ length: 40 }, () => renewing.whoAmI().catch(() => undefined));
    await until(() => tokens.seen.length === 2);
    await clientOf(organization).whoAmI();
    await closeServers();
    await Promise.all(stuck);
  });

  it('is not longer than an hour, whatever Retry-After says', async () => {
    const server = await serve(refusal(429, '', '', { 'Retry-After': '99999999999' }));
    await expect(failureOf(clientOf(server).whoAmI())).resolves.toMatchObject({ retryAfterMs: 3_600_000 });
  });
});

it('a trigger tells the id under which Microsoft finds it', async () => {
  const server = await serve({ ...started(), headers: { REQ_ID: SESSION_ID } });
  await expect(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER)).resolves.toEqual({
    flowSessionId: SESSION_ID,
    requestId: SESSION_ID,
  });
});
