/** Answers that no Dataverse should give, as fuzzing has found them: each is a result, or an error of the client's own. */
import {
  CHALLENGE,
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  type Reply,
  SESSION_ID,
  serve,
  TOKEN,
  TRIGGER,
} from './scripted-server';

afterEach(closeServers);

const OTHER_ID = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const ROW = { flowsessionid: SESSION_ID, statuscode: 4, createdon: '2026-01-05T10:00:00Z' };
/** What JSON can hold, and JavaScript can make no text or number of. */
const INCONVERTIBLE = { toString: 1, valueOf: 1 };

async function failureTo(reply: Reply) {
  return failureOf(clientOf(await serve(reply)).runDesktopFlow(FLOW_ID, TRIGGER));
}

it('takes an error whose description is no text for one without a description', async () => {
  const error = await failureTo({
    status: 400,
    body: { error: 'invalid_request', error_description: INCONVERTIBLE },
  });
  expect(error).toMatchObject({
    kind: 'badRequest',
    outcome: 'unknown',
    dataverseMessage: 'invalid_request',
  });
});

it.each([
  ['an empty object', {}],
  ['a list', []],
  ['an object without a code', { message: 'Resource not found' }],
  ['an object whose code is no text', { code: 404, message: 'Resource not found' }],
])('does not take a body whose error is %s for the word of Dataverse', async (_what, error) => {
  expect(await failureTo({ status: 404, body: { error } })).toMatchObject({
    kind: 'notFound',
    outcome: 'unknown',
  });
});

it.each(['not-a-guid', `${SESSION_ID}/outputs`, '../workflows'])(
  'leaves a trigger in doubt whose answer names %s for the robot',
  async (flowsessionId) => {
    expect(await failureTo({ body: { flowsessionId } })).toMatchObject({
      kind: 'unreadable',
      outcome: 'unknown',
    });
  },
);

it('does not take the row of another run for that of the one it asked for', async () => {
  const server = await serve({ body: { ...ROW, flowsessionid: OTHER_ID } });
  const error = await failureOf(clientOf(server).getFlowSession(SESSION_ID));
  expect(error).toMatchObject({ kind: 'unreadable' });
});

it('tells of a run with a mode that is no number as of one with an unknown mode', async () => {
  const server = await serve({ body: { value: [{ ...ROW, runmode: INCONVERTIBLE }] } });
  const rows = await clientOf(server).findStartedFlowSessions({ flowId: FLOW_ID });
  expect(rows).toMatchObject([{ flowSessionId: SESSION_ID, runMode: null }]);
});

it.each(['yesterday', '2026-13-45T99:99:99Z'])('refuses a row that was created %s', async (createdon) => {
  const list = { body: { value: [{ ...ROW, createdon }] } };
  const client = clientOf(await serve(list, list, list));
  const failures = [
    await failureOf(client.findStartedFlowSessions({ flowId: FLOW_ID })),
    await failureOf(client.findStartTimes('robots', new Date(0))),
    await failureOf(client.listFlowSessions({ top: 1 })),
  ];
  for (const failure of failures) expect(failure).toMatchObject({ kind: 'unreadable' });
});

it.each(['http://[', 'https://:99999'])('follows no link to a next page that is none: %s', async (link) => {
  const server = await serve({ body: { value: [], '@odata.nextLink': link } });
  expect(await failureOf(clientOf(server).listFlows())).toMatchObject({ kind: 'unreadable' });
});

it('does not read pages without end, where each names another one', async () => {
  const server = await serve();
  let page = 0;
  server.always(() => ({
    body: { value: [], '@odata.nextLink': `/api/data/v9.2/workflows?page=${++page}` },
  }));
  expect(await failureOf(clientOf(server).listFlows())).toMatchObject({ kind: 'unreadable' });
});

it('waits its own time where Retry-After has no digit', async () => {
  const body = { error: { code: '0x80072322', message: 'Too many requests' } };
  const error = await failureTo({ status: 429, headers: { 'Retry-After': ',' }, body });
  expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: 10_000 });
});

it.each(['<', '<script ', '<title', '< '])(
  'reads a page of nothing but %s in next to no time',
  async (part) => {
    const page = part.repeat(20_000 / part.length);
    await failureTo({ status: 502, body: page });
    const { user } = process.cpuUsage();
    await failureTo({ status: 502, body: page });
    expect((process.cpuUsage().user - user) / 1000).toBeLessThan(100);
  },
);

it('finds whoever started robots over a connection whose name is half a character', async () => {
  const server = await serve({ body: { value: [] } });
  expect(await clientOf(server).findStartTimes('robots \uD800', new Date(0))).toEqual([]);
});

it('asks for another token after a challenge, and shows neither', async () => {
  const error = await failureTo(CHALLENGE);
  expect(error).toMatchObject({ kind: 'unauthorized', outcome: 'refused' });
  expect(JSON.stringify(error)).not.toContain(TOKEN);
});
