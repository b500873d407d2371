/**
 * What Dataverse, or whatever stands before it, answers: over real HTTP, to every operation of the client. A robot that may
 * have been started must never pass for one that was refused.
 */
import fc from 'fast-check';
import { DataverseClient, DataverseError } from '../../../src/dataverse';
import { explainRun } from '../../../src/explain/explain-run';
import { FlowSchemaError, readFlowSchema } from '../../../src/schemas/flow-schema';
import { inputProblems } from '../../../src/schemas/input-problems';
import { type Answer, AnsweringServer, answerHeaders, wires } from '../answering-server';
import { changed, changes, edited, edits, jsonOf, oddTexts } from '../mutations';
import { expectSilent, expectUnpolluted, MARK, target } from '../target';

const ID = 'd9687093-d0c0-ec11-983e-0022480b428a';
const FLOW = 'f091ffab-58bb-4630-a115-659453d56f59';
const TRIGGER = { runMode: 'unattended', connectionName: 'robots', inputs: `{"Pin":"${MARK}"}` } as const;

const ROW = {
  '@odata.context': 'https://contoso.crm4.dynamics.com/api/data/v9.2/$metadata#flowsessions/$entity',
  flowsessionid: ID,
  statuscode: 4,
  startedon: '2026-01-05T10:00:00Z',
  completedon: '2026-01-05T10:01:00Z',
  createdon: '2026-01-05T09:59:00Z',
  errorcode: 'NoCandidateMachine',
  errormessage: 'No machine',
  errordetails: '{"code":"x"}',
  errorinnererror: null,
  callbackurl: 'https://robots.contoso.com/callbacks/x',
  connectionid: 'robots',
  runmode: 2,
  _regardingobjectid_value: FLOW,
  _machineid_value: ID,
  name: 'robot-1',
  workflowid: FLOW,
  flowmachineid: ID,
  lastheartbeatdate: '2026-01-05T10:00:00Z',
  sessioncapacity: '2',
  type: 100000001,
  level: 100000004,
  data: '{"actionName":"Click","status":"Failed"}',
};

const SAMPLES = {
  row: ROW,
  rows: { value: [ROW, { ...ROW, statuscode: 8 }] },
  nextHere: { value: [ROW], '@odata.nextLink': '{{URL}}&$skiptoken=2' },
  nextWithoutEnd: { value: [], '@odata.nextLink': '/api/data/v9.2/flowsessions?page={{NUMBER}}' },
  nextElsewhere: { value: [ROW], '@odata.nextLink': 'https://evil.example/api/data/v9.2/x' },
  started: { '@odata.context': 'x', flowsessionId: ID, licenseCheck: { code: 'LicenseOk', message: 'Fine' } },
  error: {
    error: { code: '0x80040217', message: `No file attachment found ${MARK}`, innererror: { message: 'x' } },
  },
  otherError: { error: 'invalid_request', error_description: `AADSTS900144 ${MARK}` },
  apiManagement: { statusCode: 404, message: `Resource not found ${MARK}` },
  whoAmI: { UserId: ID, BusinessUnitId: ID, OrganizationId: ID },
  organization: { Detail: { EnvironmentId: 'Default-x' } },
  privileges: { RolePrivileges: [{ Depth: 'Global' }] },
  schema: {
    schema: {
      type: 'object',
      properties: { Amount: { type: 'number', default: '1' }, Name: { type: 'string' } },
      required: ['Name'],
    },
  },
  log: {
    actions: [
      { actionName: 'Click', status: 'Failed', startTime: '2026-01-05T10:00:00Z', errorMessage: 'x' },
    ],
  },
};

type Operation = (client: DataverseClient) => Promise<unknown>;

const OPERATIONS: Record<string, Operation> = {
  trigger: (client) => client.runDesktopFlow(FLOW, TRIGGER, { secrets: [MARK] }),
  shownTrigger: (client) =>
    client.runDesktopFlow(FLOW, TRIGGER, { secrets: [MARK], onAnswer: () => undefined }),
  status: (client) => client.getFlowSession(ID),
  look: (client) => client.lookAtFlowSession(ID),
  many: (client) => client.getFlowSessions([ID, FLOW]),
  started: (client) => client.findStartedFlowSessions({ flowId: FLOW, createdSince: new Date(0) }),
  list: (client) => client.listFlowSessions({ flowId: FLOW, top: 5 }),
  times: (client) => client.findStartTimes('robots', new Date(0)),
  texts: (client) => client.getErrorTexts(ID),
  privileges: (client) => client.mayReadRunsOfOthers(ID),
  outputs: (client) => client.getOutputs(ID, { maxBytes: 1_000_000 }),
  explain: (client) => explainRun(client, ID, { secrets: [MARK], isPatient: true }),
  cancel: (client) => client.cancelDesktopFlowRun(ID),
  whoAmI: (client) => client.whoAmI(),
  machines: (client) => client.listMachines(),
  machine: (client) => client.getMachineName(ID),
  flows: (client) => client.listFlows(),
  links: (client) => client.getPortalLinks(ID),
  schema: async (client) => {
    const document = await client.getFlowSchema(FLOW, 'inputs');
    const parameters = readFlowSchema(document);
    return inputProblems({ Amount: '1', __proto__: 1, constructor: 2 }, parameters);
  },
};

const statuses = fc.oneof(
  fc.constantFrom(
    200,
    200,
    200,
    206,
    204,
    400,
    401,
    403,
    404,
    405,
    408,
    412,
    413,
    415,
    416,
    429,
    500,
    502,
    503,
    504,
  ),
  fc.integer({ min: 200, max: 599 }),
);

const answers: fc.Arbitrary<Answer> = fc
  .record({
    status: statuses,
    headers: answerHeaders,
    sample: fc.constantFrom(...(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[])),
    changes,
    edits: fc.oneof(fc.constant([]), fc.constant([]), edits),
    text: fc.option(fc.oneof(oddTexts, fc.constantFrom(`<html><title>${MARK}</title>`, `Bearer ${MARK}`)), {
      freq: 8,
    }),
    wire: wires,
  })
  .map(({ status, headers, sample, changes: wanted, edits: cuts, text, wire }) => ({
    status,
    headers,
    body: text ?? edited(jsonOf(changed(SAMPLES[sample], wanted)), cuts),
    wire,
  }));

const cases = fc.record({
  operation: fc.constantFrom('trigger', 'trigger', 'shownTrigger', ...Object.keys(OPERATIONS)),
  answers: fc.array(answers, { minLength: 1, maxLength: 4 }),
});

const LANES = 10;

const servers = Array.from({ length: LANES }, () => ({ server: new AnsweringServer(), isHeldBack: false }));

export const dataverse = target(
  'dataverse',
  'gives a result of its own form or a DataverseError without a secret, and calls no trigger refused that may have been carried out',
  cases,
  async ({ operation, answers: given }, number) => {
    const lane = servers[number] as (typeof servers)[number];
    const { server } = lane;
    const origin = await server.origin(lane.isHeldBack);
    server.script(given);
    // The organization is closed to whoever asks next.
    lane.isHeldBack = given.some(({ status }) => status === 429 || status === 503);
    const client = new DataverseClient({
      organizationUri: origin,
      credentials: { type: 'bearer', token: MARK },
      requestTimeoutMs: 5_000,
    });
    let result: unknown;
    try {
      result = await (OPERATIONS[operation] as Operation)(client);
    } catch (error) {
      if (error instanceof FlowSchemaError) return;
      expectOurs(error);
      if (operation === 'trigger' || operation === 'shownTrigger')
        expectCertain(error as DataverseError, given[server.requests - 1]);
      return;
    } finally {
      server.expectFew();
      expectUnpolluted();
    }
    expectForm(operation, result);
  },
  {
    lanes: LANES,
    after: async () => {
      for (const { server } of servers) server.close();
    },
  },
);

function expectOurs(error: unknown): void {
  if (!(error instanceof DataverseError)) throw new Error('An error of another kind', { cause: error });
  const { message, code, dataverseMessage, requestId, retryAfterMs } = error;
  expectSilent('an error', message, code, dataverseMessage, requestId, error.stack);
  if (message.length > 3_000) throw new Error(`A message of ${message.length} characters`);
  if (retryAfterMs !== undefined && !(retryAfterMs >= 0 && retryAfterMs <= 3_600_000))
    throw new Error(`A wait of ${retryAfterMs} ms`);
}

/** As docs/guarantees.md has it: the status, and a body that only Dataverse writes, or its challenge. */
function expectCertain({ outcome, status, message }: DataverseError, answer: Answer | undefined): void {
  if (outcome !== 'refused' || answer === undefined) return;
  const isRefusal = [400, 401, 403, 404, 405, 412, 413, 415, 429].includes(answer.status);
  const isChallenge = answer.status === 401 && /^bearer\b/i.test(answer.headers['www-authenticate'] ?? '');
  if (!isRefusal || (!isChallenge && !isDataverses(answer)))
    throw new Error(`Called refused (${status}): ${message}`);
}

function isDataverses({ body, wire }: Answer): boolean {
  if (wire !== 'whole' && wire !== 'gzip' && wire !== 'deflate') return false;
  try {
    const { error } = JSON.parse(body.replace(/^\uFEFF/, ''));
    return typeof error.code === 'string' && typeof error.message === 'string';
  } catch {
    return false;
  }
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function expectForm(operation: string, result: unknown): void {
  for (const row of [result].flat()) {
    if (row instanceof Date && Number.isNaN(row.getTime())) throw new Error('A time that is none');
    if (typeof row !== 'object' || row === null) continue;
    const { flowSessionId, statusCode, createdOn } = row as Record<string, unknown>;
    if ('flowSessionId' in row && !(typeof flowSessionId === 'string' && GUID.test(flowSessionId)))
      throw new Error(`Not an id: ${flowSessionId}`);
    if ('statusCode' in row && !Number.isSafeInteger(statusCode))
      throw new Error(`Not a status: ${statusCode}`);
    if (typeof createdOn === 'string' && Number.isNaN(Date.parse(createdOn)))
      throw new Error(`Not a time: ${createdOn}`);
    if (['status', 'look'].includes(operation) && flowSessionId !== ID)
      throw new Error(`The row of another run: ${flowSessionId}`);
  }
  if (operation === 'explain') expectSilent('an explanation', jsonOf(result));
  if (operation === 'links' && result !== undefined) {
    for (const link of Object.values(result as object))
      if (new URL(link).hostname !== 'make.powerautomate.com') throw new Error(`A link to ${link}`);
  }
}
