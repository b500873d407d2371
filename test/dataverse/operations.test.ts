import {
  clientOf,
  closeServers,
  FLOW_ID,
  failureOf,
  refusal,
  SESSION_ID,
  type Step,
  serve,
} from './scripted-server';

afterEach(closeServers);

const ROW = {
  flowsessionid: SESSION_ID,
  statuscode: 8,
  statecode: 0,
  startedon: '2022-06-16T12:54:40Z',
  completedon: '2022-06-16T12:57:46Z',
  errorcode: 'NoCandidateMachine',
  errormessage: 'No machine able to run the desktop flow has been found.',
};

const parsed = (path: string | undefined) => new URL(path ?? '', 'http://localhost');

describe('one flow session', () => {
  it('is read by its id, with old columns alone', async () => {
    const server = await serve({ body: ROW });
    await expect(clientOf(server).getFlowSession(SESSION_ID)).resolves.toEqual({
      flowSessionId: SESSION_ID,
      statusCode: 8,
      startedOn: '2022-06-16T12:54:40Z',
      completedOn: '2022-06-16T12:57:46Z',
      errorCode: 'NoCandidateMachine',
      errorMessage: 'No machine able to run the desktop flow has been found.',
    });
    const { pathname, searchParams } = parsed(server.seen[0]?.path);
    expect(pathname).toBe(`/api/data/v9.2/flowsessions(${SESSION_ID})`);
    expect(searchParams.get('$select')?.split(',')).toEqual([
      'statuscode',
      'startedon',
      'completedon',
      'errorcode',
      'errormessage',
    ]);
  });

  it.each(['flowsessionid', 'flowsessionId'])('has a lower-case id, read from %s', async (name) => {
    const { flowsessionid: _, ...row } = ROW;
    const server = await serve({ body: { ...row, [name]: SESSION_ID.toUpperCase() } });
    const session = await clientOf(server).getFlowSession(SESSION_ID.toUpperCase());
    expect(session.flowSessionId).toBe(SESSION_ID);
  });

  it('may come without its id, as in the sample of Microsoft', async () => {
    const server = await serve({ body: { statuscode: 2 } });
    await expect(clientOf(server).getFlowSession(SESSION_ID)).resolves.toEqual({
      flowSessionId: SESSION_ID,
      statusCode: 2,
      startedOn: null,
      completedOn: null,
      errorCode: null,
      errorMessage: null,
    });
  });

  it('keeps a status code that nobody knows yet', async () => {
    const server = await serve({ body: { ...ROW, statuscode: 99 } });
    await expect(clientOf(server).getFlowSession(SESSION_ID)).resolves.toMatchObject({ statusCode: 99 });
  });

  it.each([undefined, null, '4', 4.5])('is unreadable with the status code %p', async (statuscode) => {
    const server = await serve({ body: { ...ROW, statuscode } });
    const error = await failureOf(clientOf(server).getFlowSession(SESSION_ID));
    expect(error.kind).toBe('unreadable');
  });
});

describe('several flow sessions', () => {
  it('are asked for by the query function In, and those that do not exist are missing', async () => {
    const server = await serve({ body: { value: [ROW] } });
    const missing = '00000000-0000-0000-0000-000000000001';
    const sessions = await clientOf(server).getFlowSessions([SESSION_ID, missing]);
    expect(sessions.map(({ flowSessionId }) => flowSessionId)).toEqual([SESSION_ID]);
    const { pathname, searchParams } = parsed(server.seen[0]?.path);
    expect(pathname).toBe('/api/data/v9.2/flowsessions');
    expect(searchParams.get('$filter')).toBe(
      'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)',
    );
    expect(searchParams.get('@p1')).toBe("'flowsessionid'");
    expect(JSON.parse(searchParams.get('@p2') ?? '')).toEqual([SESSION_ID, missing]);
  });

  it('no ids are no request', async () => {
    const server = await serve();
    await expect(clientOf(server).getFlowSessions([])).resolves.toEqual([]);
    expect(server.seen).toEqual([]);
  });

  it('are asked for in portions whose URLs stay far below the limit', async () => {
    const ids = Array.from({ length: 650 }, (_, index) => `${SESSION_ID.slice(0, -3)}${100 + index}`);
    const echo: Step = ({ path }) => {
      const asked = JSON.parse(parsed(path).searchParams.get('@p2') ?? '') as string[];
      return { body: { value: asked.map((id) => ({ ...ROW, flowsessionid: id })) } };
    };
    const server = await serve(echo, echo, echo);
    const sessions = await clientOf(server).getFlowSessions(ids);
    expect(sessions.map(({ flowSessionId }) => flowSessionId)).toEqual(ids);
    for (const { path } of server.seen) expect(path.length).toBeLessThan(16_384);
  });

  it.each(['0x8004430C', '0x8004430E'])(
    'are asked for by halves where Dataverse says %s: too many',
    async (code) => {
      const ids = Array.from({ length: 20 }, (_, index) => `${SESSION_ID.slice(0, -3)}${100 + index}`);
      const server = await serve();
      server.always(({ path }) => {
        const asked = JSON.parse(parsed(path).searchParams.get('@p2') ?? '') as string[];
        if (asked.length > 6)
          return refusal(400, code, 'Number of conditions in query exceeded maximum limit.');
        return { body: { value: asked.map((id) => ({ ...ROW, flowsessionid: id })) } };
      });
      const sessions = await clientOf(server).getFlowSessions(ids);
      expect(sessions.map(({ flowSessionId }) => flowSessionId)).toEqual(ids);
    },
  );
});

describe('a list in pages', () => {
  const page = (name: string, link?: string) => ({
    body: {
      value: [{ name, workflowid: FLOW_ID.toUpperCase() }],
      ...(link && { '@odata.nextLink': link }),
    },
  });

  it('is followed to its end', async () => {
    const server = await serve();
    server.script(page('one', `${server.origin}/api/data/v9.2/workflows?$skiptoken=a%20b`), page('two'));
    await expect(clientOf(server).listFlows()).resolves.toEqual([
      { flowId: FLOW_ID, name: 'one' },
      { flowId: FLOW_ID, name: 'two' },
    ]);
    expect(server.seen[1]?.path).toBe('/api/data/v9.2/workflows?$skiptoken=a%20b');
  });

  it('does not lead the token to another host', async () => {
    const other = await serve();
    const server = await serve(page('one', `${other.origin}/api/data/v9.2/workflows`));
    const error = await failureOf(clientOf(server).listFlows());
    expect(error).toMatchObject({ kind: 'unreadable' });
    expect(error.message).toMatch(/leads to another host: nothing was sent there/);
    expect(other.seen).toEqual([]);
  });

  it('does not take credentials from a link', async () => {
    const server = await serve();
    server.script(page('one', server.origin.replace('//', '//user:word@')));
    const error = await failureOf(clientOf(server).listFlows());
    expect(error.kind).toBe('unreadable');
    expect(server.seen).toHaveLength(1);
  });

  it.each([{}, { value: null }, { value: {} }])('is unreadable as %j', async (body) => {
    const server = await serve({ body });
    expect((await failureOf(clientOf(server).listFlows())).kind).toBe('unreadable');
  });
});

describe('the list of flows', () => {
  it('has desktop flows alone, by name', async () => {
    const server = await serve({ body: { value: [] } });
    await expect(clientOf(server).listFlows()).resolves.toEqual([]);
    const { pathname, searchParams } = parsed(server.seen[0]?.path);
    expect(pathname).toBe('/api/data/v9.2/workflows');
    expect(Object.fromEntries(searchParams)).toEqual({
      $filter: 'category eq 6',
      $select: 'name,workflowid',
      $orderby: 'name',
    });
    expect(server.seen[0]?.headers['mscrm.includeunpublished']).toBeUndefined();
  });

  it('has drafts too where they are asked for', async () => {
    const server = await serve({ body: { value: [] } });
    await clientOf(server).listFlows({ includeUnpublished: true });
    expect(server.seen[0]?.headers['mscrm.includeunpublished']).toBe('true');
  });
});

describe('the schemas of a flow', () => {
  const byColumn =
    (inputs: Step, outputs: Step): Step =>
    (seen, response) => {
      const step = seen.path.includes('/inputs/') ? inputs : outputs;
      return typeof step === 'function' ? step(seen, response) : step;
    };

  it('are those of its inputs and of its outputs', async () => {
    const schema = (name: string) => ({ schema: { type: 'object', properties: { [name]: {} } } });
    const step = byColumn({ body: schema('in') }, { body: schema('out') });
    const server = await serve(step, step);
    await expect(clientOf(server).getFlowSchemas(FLOW_ID)).resolves.toEqual({
      inputs: schema('in'),
      outputs: schema('out'),
    });
    expect(server.seen.map(({ path }) => path).sort()).toEqual([
      `/api/data/v9.2/workflows(${FLOW_ID})/inputs/$value`,
      `/api/data/v9.2/workflows(${FLOW_ID})/outputs/$value`,
    ]);
  });

  it('are null where the flow has none: 204, an empty body, or a 404 about the column', async () => {
    const none = refusal(404, '0x80040217', 'No value found for attribute: inputs');
    const steps = [byColumn({ status: 204 }, { body: '' }), byColumn(none, none)];
    const server = await serve(...steps.flatMap((step) => [step, step]));
    for (const _ of steps) {
      const schemas = await clientOf(server).getFlowSchemas(FLOW_ID);
      expect(schemas).toEqual({ inputs: null, outputs: null });
    }
  });

  it('of a flow that does not exist are an error', async () => {
    const none = refusal(404, '0x80040217', `Entity 'workflow' With Id = ${FLOW_ID} Does Not Exist`);
    const server = await serve();
    server.always(none);
    const error = await failureOf(clientOf(server).getFlowSchemas(FLOW_ID));
    expect(error).toMatchObject({ kind: 'notFound', code: '0x80040217' });
    expect(error.dataverseMessage).toMatch(/Does Not Exist/);
  });
});

describe('WhoAmI', () => {
  const ids = ['22CC22CC', '11BB11BB', '00AA00AA'].map((start) => `${start}-bb11-cc22-dd33-44ee44ee44ee`);
  const [UserId, BusinessUnitId, OrganizationId] = ids;

  it('tells the user, the business unit and the organization', async () => {
    const server = await serve({ body: { UserId, BusinessUnitId, OrganizationId } });
    const [userId, businessUnitId, organizationId] = ids.map((id) => id.toLowerCase());
    await expect(clientOf(server).whoAmI()).resolves.toEqual({ userId, businessUnitId, organizationId });
    expect(server.seen[0]?.path).toBe('/api/data/v9.2/WhoAmI');
  });

  it('is unreadable without one of them', async () => {
    const server = await serve({ body: { UserId, BusinessUnitId } });
    const error = await failureOf(clientOf(server).whoAmI());
    expect(error.message).toMatch(/no OrganizationId/);
  });
});

describe('cancelling a run', () => {
  it('posts the bound action by its full name', async () => {
    const server = await serve({ status: 204 });
    await expect(clientOf(server).cancelDesktopFlowRun(SESSION_ID)).resolves.toBeUndefined();
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: `/api/data/v9.2/flowsessions(${SESSION_ID})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun`,
    });
  });
});
