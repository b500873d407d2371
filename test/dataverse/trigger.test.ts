import {
  CHALLENGE,
  clientOf,
  closedPort,
  closeServers,
  FLOW_ID,
  failureOf,
  grant,
  oauth,
  refusal,
  SESSION_ID,
  SHORT_TIMEOUT_MS,
  serve,
  serveBytes,
  started,
  TRIGGER,
  whoAmI,
} from './scripted-server';

afterEach(closeServers);

describe('the trigger', () => {
  it('posts the bound action with the parameters as they are, and tells the id in lower case', async () => {
    const server = await serve(started(SESSION_ID.toUpperCase()));
    const parameters = {
      ...TRIGGER,
      runPriority: 'high',
      connectionType: 2,
      timeout: 7200,
      inputs: '{"Input1":"Wert für 1"}',
      callbackUrl: 'https://callback.contoso.com/1',
    } as const;
    const answer = await clientOf(server).runDesktopFlow(FLOW_ID, parameters);
    expect(answer).toEqual({ flowSessionId: SESSION_ID });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: `/api/data/v9.2/workflows(${FLOW_ID})/Microsoft.Dynamics.CRM.RunDesktopFlow`,
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual(parameters);
  });

  it('takes inputs of two megabytes', async () => {
    const server = await serve(started());
    const inputs = JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024 - 11) });
    await clientOf(server).runDesktopFlow(FLOW_ID, { ...TRIGGER, inputs });
    expect(JSON.parse(server.seen[0]?.body ?? '').inputs).toBe(inputs);
  });

  it.each(['flowsessionid', 'flowsessionId', 'FlowSessionId'])('reads the id from %s', async (name) => {
    const server = await serve({ body: { [name]: SESSION_ID } });
    const { flowSessionId } = await clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER);
    expect(flowSessionId).toBe(SESSION_ID);
  });

  it.each([
    [
      { code: 'UnattendedNoAddon', message: 'Invalid' },
      { code: 'UnattendedNoAddon', message: 'Invalid' },
    ],
    [{ '@odata.type': '#x', code: 'ValidLicenseCoverage' }, { code: 'ValidLicenseCoverage' }],
    [null, undefined],
    ['ValidLicenseCoverage', undefined],
    [{ message: 'no code' }, undefined],
  ])('hands on the licence check %j', async (licenseCheck, expected) => {
    const server = await serve({ body: { flowsessionId: SESSION_ID, licenseCheck } });
    const answer = await clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER);
    expect(answer.licenseCheck).toEqual(expected);
  });

  it('never uses a connection that another request has used', async () => {
    const server = await serve(whoAmI(), whoAmI(), started(), started());
    const client = clientOf(server);
    await client.whoAmI();
    await client.whoAmI();
    await client.runDesktopFlow(FLOW_ID, TRIGGER);
    await client.runDesktopFlow(FLOW_ID, TRIGGER);
    const [first, second, ...triggers] = server.seen;
    expect(second?.port).toBe(first?.port);
    expect(new Set([first, ...triggers].map((seen) => seen?.port)).size).toBe(3);
    expect(triggers.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
  });
});

describe('a trigger that was certainly refused', () => {
  it.each([400, 401, 403, 404, 405, 412, 413, 429])('is told by the status %i, sent once', async (status) => {
    const server = await serve(refusal(status, '0x80040265', 'No.'));
    const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ status, outcome: 'refused' });
    expect(server.seen).toHaveLength(1);
  });

  it('is told by a connection that nobody accepted', async () => {
    const error = await failureOf(clientOf(await closedPort()).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
    expect(error.message).toMatch(/could not be reached \(ECONNREFUSED\)/);
  });

  it('is told by a TLS handshake that fails', async () => {
    const { origin } = await serve();
    const secure = { origin: origin.replace('http:', 'https:') };
    const error = await failureOf(clientOf(secure).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'refused' });
  });

  it.each(['is never answered', 'is broken off'])('is told by a TLS handshake that %s', async (how) => {
    const { origin } = await serveBytes((socket) => {
      if (how === 'is broken off') socket.once('data', () => socket.resetAndDestroy());
    });
    const secure = { origin: origin.replace('http:', 'https:') };
    const client = clientOf(secure, { requestTimeoutMs: SHORT_TIMEOUT_MS });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({
      kind: how === 'is broken off' ? 'network' : 'timeout',
      outcome: 'refused',
    });
  });

  it('is told by a token that could not be had', async () => {
    const tokens = await serve({ status: 503 });
    const server = await serve();
    const client = clientOf(server, { credentials: oauth(tokens) });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'unavailable', outcome: 'refused' });
    expect(server.seen).toEqual([]);
  });
});

describe('a trigger whose outcome is unknown', () => {
  it.each(Array.from({ length: 200 }, (_, index) => 400 + index))(
    'is told by the status %i without a body: a gateway may have answered for Dataverse',
    async (status) => {
      const server = await serve({ status });
      const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
      expect(error).toMatchObject({ status, outcome: 'unknown' });
      expect(server.seen).toHaveLength(1);
    },
  );

  it.each([402, 407, 409, 424, 451, 460, 499])(
    'is told by the status %i of a gateway, whatever its body',
    async (status) => {
      const server = await serve(refusal(status, '0x80040265', 'No.'));
      const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
      expect(error).toMatchObject({ status, outcome: 'unknown', kind: 'unavailable' });
    },
  );

  it.each([302, 408, 500, 502, 503, 504])('is told by the status %i, sent once', async (status) => {
    const server = await serve({ status, body: '<html>Bad Gateway</html>' });
    const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ status, outcome: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    ['nothing', 204, ''],
    ['an empty body', 200, ''],
    ['HTML', 200, '<html>Sign in</html>'],
    ['half of its JSON', 200, '{"flowsessionId":"d96870'],
    ['a list', 200, '[]'],
    ['no id', 200, '{}'],
    ['an empty id', 200, '{"flowsessionId":""}'],
    ['a number as id', 200, '{"flowsessionId":7}'],
  ])('is told by a success that carries %s', async (_what, status, body) => {
    const server = await serve({ status, headers: { REQ_ID: '7-7' }, body });
    const error = await failureOf(clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'unreadable', outcome: 'unknown', status, requestId: '7-7' });
    expect(server.seen).toHaveLength(1);
  });

  it('is told by an answer that does not come in time', async () => {
    const server = await serve(() => undefined);
    const client = clientOf(server, { requestTimeoutMs: SHORT_TIMEOUT_MS });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'timeout', outcome: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });

  it('is told by an abort while the answer is awaited', async () => {
    const giveUp = new AbortController();
    const server = await serve(() => {
      giveUp.abort();
      return undefined;
    });
    const call = clientOf(server).runDesktopFlow(FLOW_ID, TRIGGER, { signal: giveUp.signal });
    await expect(failureOf(call)).resolves.toMatchObject({ kind: 'aborted', outcome: 'unknown' });
  });
});

describe('a trigger that meets a 401', () => {
  it('is sent once more with a new token', async () => {
    const tokens = await serve(grant('old-token'), grant('new-token'));
    const server = await serve(CHALLENGE, started());
    const client = clientOf(server, { credentials: oauth(tokens) });
    await expect(client.runDesktopFlow(FLOW_ID, TRIGGER)).resolves.toEqual({ flowSessionId: SESSION_ID });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old-token',
      'Bearer new-token',
    ]);
    expect(server.seen[1]?.body).toBe(server.seen[0]?.body);
  });

  it('is not sent a third time', async () => {
    const tokens = await serve(grant('old-token'), grant('new-token'));
    const server = await serve(CHALLENGE, CHALLENGE);
    const client = clientOf(server, { credentials: oauth(tokens) });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'unauthorized', outcome: 'refused' });
  });

  it('is in doubt when the second answer is lost, whatever the first one was', async () => {
    const tokens = await serve(grant('old-token'), grant('new-token'));
    const server = await serve(CHALLENGE, (_seen, response) => {
      response.socket?.resetAndDestroy();
      return undefined;
    });
    const client = clientOf(server, { credentials: oauth(tokens) });
    const error = await failureOf(client.runDesktopFlow(FLOW_ID, TRIGGER));
    expect(error).toMatchObject({ kind: 'network', outcome: 'unknown' });
  });
});
