import { clientOf, closeServers, failureOf, refusal, SESSION_ID, serve } from './scripted-server';

afterEach(closeServers);

const idOf = (index: number) => `${SESSION_ID.slice(0, -3)}${100 + index}`;
const rowOf = (id: string) => ({ flowsessionid: id, statuscode: 2, startedon: null, completedon: null });
const asked = (path: string) =>
  JSON.parse(new URL(path, 'http://localhost').searchParams.get('@p2') ?? 'null') as string[] | null;

describe('looks in the same moment', () => {
  it('are one query, and each gets its own row', async () => {
    const server = await serve(({ path }) => ({ body: { value: (asked(path) ?? []).map(rowOf).reverse() } }));
    const client = clientOf(server);
    const ids = Array.from({ length: 20 }, (_, index) => idOf(index));
    const rows = await Promise.all(ids.map((id) => client.lookAtFlowSession(id)));
    expect(rows.map(({ flowSessionId }) => flowSessionId)).toEqual(ids);
    expect(server.seen).toHaveLength(1);
  });

  it('at one run are one request for that run', async () => {
    const server = await serve({ body: rowOf(SESSION_ID) });
    const client = clientOf(server);
    const looks = [SESSION_ID, SESSION_ID.toUpperCase()].map((id) => client.lookAtFlowSession(id));
    expect(await Promise.all(looks)).toMatchObject([{ statusCode: 2 }, { statusCode: 2 }]);
    expect(server.seen.map(({ path }) => asked(path))).toEqual([null]);
  });

  it('are told by the single request why a row is missing', async () => {
    const missing = idOf(1);
    const server = await serve();
    server.always(({ path }) =>
      asked(path)
        ? { body: { value: [rowOf(idOf(0))] } }
        : refusal(404, '0x80040217', `Entity 'flowsession' With Id = ${missing} Does Not Exist`),
    );
    const client = clientOf(server);
    const [found, error] = await Promise.all([
      client.lookAtFlowSession(idOf(0)),
      failureOf(client.lookAtFlowSession(missing)),
    ]);
    expect(found.flowSessionId).toBe(idOf(0));
    expect(error.kind).toBe('notFound');
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    ['null', { statuscode: null }],
    ['a text', { statuscode: 'Running' }],
    ['missing, and the id too', { statuscode: undefined, flowsessionid: undefined }],
  ])(
    'find the other rows where the status of one is %s, which says for itself what is wrong',
    async (_, odd) => {
      const server = await serve();
      const oddRow = { ...rowOf(idOf(1)), ...odd };
      server.always(({ path }) => ({
        body: asked(path)
          ? { value: [rowOf(idOf(0)), oddRow, rowOf(idOf(2))] }
          : { ...oddRow, statuscode: null },
      }));
      const client = clientOf(server);
      const [first, error, third] = await Promise.all([
        client.lookAtFlowSession(idOf(0)),
        failureOf(client.lookAtFlowSession(idOf(1))),
        client.lookAtFlowSession(idOf(2)),
      ]);
      expect([first.flowSessionId, third.flowSessionId]).toEqual([idOf(0), idOf(2)]);
      expect(error).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('statuscode') });
    },
  );

  it('are made one by one where the query is refused', async () => {
    const server = await serve();
    server.always(({ path }) =>
      asked(path)
        ? refusal(400, '0x80060888', 'no such function')
        : { body: rowOf(path.includes(idOf(0)) ? idOf(0) : idOf(1)) },
    );
    const client = clientOf(server);
    const rows = await Promise.all([0, 1].map((index) => client.lookAtFlowSession(idOf(index))));
    expect(rows.map(({ flowSessionId }) => flowSessionId)).toEqual([idOf(0), idOf(1)]);
  });

  it('fail together when Dataverse is out of reach', async () => {
    const server = await serve({ status: 503 });
    const client = clientOf(server);
    const failures = await Promise.all(
      [0, 1].map((index) => failureOf(client.lookAtFlowSession(idOf(index)))),
    );
    expect(failures.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
  });

  it('go on for the others when one gives up', async () => {
    const server = await serve(({ path }) => ({ body: { value: (asked(path) ?? []).map(rowOf) } }));
    const client = clientOf(server);
    const impatient = new AbortController();
    const given = failureOf(client.lookAtFlowSession(idOf(0), { signal: impatient.signal }));
    const other = client.lookAtFlowSession(idOf(1));
    impatient.abort();
    expect((await given).kind).toBe('aborted');
    await expect(other).resolves.toMatchObject({ flowSessionId: idOf(1) });
  });
});
