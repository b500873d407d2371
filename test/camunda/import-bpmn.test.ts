/** What becomes of each part of a process: fields of the call, results, failures, and lines of the report. */
import { type BpmnImport, importBpmn } from '../../src/camunda/import-bpmn';
import { writeJson } from '../../src/camunda/json';
import { writeReport } from '../../src/camunda/report';
import { FILES, processText } from './processes';
import { bodyOf, FLOW_ID, fileXml, TRIGGER_INPUTS, taskXml, triggerXml } from './xml';

interface Call {
  list?: Record<string, unknown>;
  name: string;
  tasks: { id: string; operation: string }[];
  input: Record<string, unknown>;
  expressions: Record<string, string>;
  results: Record<string, string>;
  failures: Record<string, unknown>;
}

const callsOf = (imported: BpmnImport): Call[] => JSON.parse(writeJson(imported)).calls;

async function importFile(file: string): Promise<{ calls: Call[]; imported: BpmnImport }> {
  const imported = await importBpmn(processText(file));
  return { calls: callsOf(imported), imported };
}

/** The call of a trigger with this body. */
async function callOf(fields: Record<string, string>, parts: Parameters<typeof triggerXml>[1] = {}) {
  const imported = await importBpmn(fileXml(triggerXml(bodyOf(fields), parts)));
  return { call: callsOf(imported)[0] as Call, report: imported.report };
}

describe('the processes of the tests', () => {
  it.each([
    ['template-v1.bpmn', ['Enter invoice in SAP: StartRobot AskStatus FetchOutputs']],
    ['template-v2.bpmn', ['Pay invoice: StartPayment PaymentStatus PaymentOutputs']],
    ['template-v3.bpmn', ['Archive document: StartArchive ArchiveStatus ArchiveOutputs']],
    [
      'template-v4.bpmn',
      [
        'Export ledger: StartExport RobotStatus RobotOutputs',
        'Upload ledger: StartUpload RobotStatus RobotOutputs',
      ],
    ],
    ['changed-template.bpmn', ['Enter order: EnterOrder OrderOutputs']],
    ['rest-by-hand.bpmn', ['Open claim: OpenClaim ClaimStatus ClaimOutputs']],
    [
      'list-and-cancel.bpmn',
      [
        'Book order: BookOrder OrderStatus OrderBooking StopRobot',
        'Status of any robot: AuditStatus AuditOutputs',
      ],
    ],
  ])('become one call for each robot: %s', async (file, expected) => {
    const { calls } = await importFile(file);
    expect(calls.map(({ name, tasks }) => `${name}: ${tasks.map(({ id }) => id).join(' ')}`)).toEqual(
      expected,
    );
  });

  it('of version 1: the whole call', async () => {
    const { calls } = await importFile('template-v1.bpmn');
    expect(calls[0]).toEqual({
      name: 'Enter invoice in SAP',
      process: 'EnterInvoice',
      tasks: [
        { id: 'StartRobot', operation: 'trigger' },
        { id: 'AskStatus', operation: 'status' },
        { id: 'FetchOutputs', operation: 'outputs' },
      ],
      input: {
        organizationUri: 'https://contoso.crm4.dynamics.com',
        authentication: { type: 'bearer', token: '{{secrets.POWER_AUTOMATE_BEARER_TOKEN}}' },
        flowId: '5e1f3b52-6c0d-4a59-9f0a-0d6c1b7a4e01',
        runMode: 'unattended',
        runPriority: 'normal',
        connectionName: '123453679877564',
        timeout: 7200,
        inputs: { InvoiceNumber: '4711', Amount: 12.5 },
        connectionType: 'connection',
        poll: { initialInterval: '1s', maximumInterval: '1s' },
        retry: { maximumAttempts: 1 },
        resultExpression: '={flowOutputs: response.body}',
      },
      expressions: {},
      results: {
        flowSessionId: '=result.flowSessionId',
        statusCode: '=result.statusCode',
        flowOutputs: '=result.outputs',
      },
      failures: {},
    });
  });

  it('of version 2: expressions, OAuth by references, failures by their types', async () => {
    const { calls } = await importFile('template-v2.bpmn');
    const failed = { bpmnError: 'ROBOT_FAILED', goesTo: 'Payment failed' };
    expect(calls[0]).toMatchObject({
      input: {
        authentication: {
          type: 'oauth',
          clientId: '{{secrets.POWER_AUTOMATE_CLIENT_ID}}',
          clientSecret: '{{secrets.POWER_AUTOMATE_CLIENT_SECRET}}',
          tokenEndpoint: '{{secrets.POWER_AUTOMATE_TOKEN_ENDPOINT}}',
        },
        connectionType: 'connectionReference',
        timeout: 900,
        inputs: { Password: '{{secrets.SAP_PASSWORD}}' },
      },
      expressions: {
        flowId: '=flows.payment',
        connectionName: '=connection',
        runPriority: '=priority',
        'inputs.InvoiceNumber': '=string(invoice.number)',
        'inputs.Amount': '=invoice.amount',
      },
      failures: {
        DataverseNotFound: { bpmnError: 'NO_SUCH_FLOW', goesTo: 'Tell the accountant' },
        DesktopFlowFailed: failed,
        DesktopFlowFaulted: failed,
        DesktopFlowTimedOut: failed,
        DesktopFlowAborted: failed,
        DesktopFlowTerminated: failed,
      },
    });
    expect(Object.keys(calls[0]?.failures ?? {})).toHaveLength(6);
  });

  it('of version 3: a timer on the subprocess is the deadline, the way back to the robot is retry', async () => {
    const { calls } = await importFile('template-v3.bpmn');
    expect(calls[0]?.input).toMatchObject({
      deadline: '2h',
      onDeadline: 'leave',
      timeout: 3600,
      poll: { initialInterval: '1s', maximumInterval: '1s' },
      retry: {
        maximumAttempts: 3,
        initialInterval: '5s',
        maximumInterval: '5s',
        backoffCoefficient: 1,
        statuses: ['Faulted', 'TimedOut'],
      },
    });
    expect(calls[0]?.expressions).toMatchObject({ 'inputs.Due': '=string(date(due) + duration("P1D"))' });
  });

  it('of version 4: retries that last longer than a day, and what a called process returns', async () => {
    const { calls } = await importFile('template-v4.bpmn');
    expect(calls[0]?.input).toMatchObject({
      organizationUri: '{{secrets.DATAVERSE_URI}}',
      connectionName: '{{secrets.LEDGER_CONNECTION}}',
      scheduleToCloseTimeout: '40h',
    });
    expect(calls[1]?.input).not.toHaveProperty('scheduleToCloseTimeout');
    expect(calls[0]?.results).toMatchObject({ exported: '=result.outputs' });
  });

  it('with a message that cancels, and a list: fields and lines of the report', async () => {
    const { calls, imported } = await importFile('list-and-cancel.bpmn');
    expect(calls[0]?.input).toMatchObject({ onCancel: 'stop' });
    expect(calls[0]?.list).toEqual({
      inputCollection: '=orders',
      inputElement: 'order',
      isSequential: false,
    });
    const lineOf = (id: string) =>
      imported.report.filter(({ element }) => element === id).map(({ text }) => text);
    expect(lineOf('EachOrder').join()).toContain('inputCollection =orders');
    expect(lineOf('OrderWithdrawn').join()).toContain('cancel the call when that event comes');
    expect(calls[1]?.input).not.toHaveProperty('retry');
    expect(calls[1]?.expressions).toEqual({ flowSessionId: '=auditedRobot' });
  });

  it.each(FILES)('has a report that says what is left: %s', async (file) => {
    const { imported } = await importFile(file);
    const [short, whole] = [writeReport(imported, false), writeReport(imported, true)];
    expect(whole.split('\n').length).toBeGreaterThan(short.split('\n').length);
    expect(short).not.toContain('is in the call');
    expect(whole).not.toContain('data:image');
  });
});

describe('a field', () => {
  it.each([
    ['a number as text', { timeout: '"900"' }, { timeout: 900 }],
    ['nothing at all', { timeout: 'null', callbackUrl: '""' }, {}],
    ['the second type of connections', { connectionType: '2' }, { connectionType: 'connectionReference' }],
    ['upper case', { runMode: '"Attended"' }, { runMode: 'attended' }],
    ['an object', { inputs: '{A: 1, B: {C: [true]}}' }, { inputs: { A: 1, B: { C: [true] } } }],
    ['the text of an object', { inputs: '"{\\"A\\": 1}"' }, { inputs: { A: 1 } }],
    [
      'a number that JavaScript rounds',
      { inputs: '"{\\"A\\": 12345678901234567890}"' },
      { inputs: '{"A": 12345678901234567890}' },
    ],
    ['a number with a zero at its end', { inputs: '"{\\"A\\": 1.50}"' }, { inputs: '{"A": 1.50}' }],
    ['a secret without braces', { connectionName: '"secrets.C"' }, { connectionName: '{{secrets.C}}' }],
    [
      'a secret within a text',
      { inputs: '{A: "Basic {{secrets.T}}"}' },
      { inputs: { A: 'Basic {{secrets.T}}' } },
    ],
    ['a known condition', { timeout: 'if 1 = 1 then 60 else 70' }, { timeout: 60 }],
  ])('takes %s', async (_what, fields: Record<string, string>, expected) => {
    const { call } = await callOf(fields);
    const { retry, flowId, organizationUri, ...input } = call.input;
    const defaults = { runMode: 'unattended', connectionName: 'c' };
    expect(input).toEqual({ ...defaults, ...expected });
    expect([flowId, organizationUri]).toEqual([FLOW_ID, 'https://contoso.crm4.dynamics.com']);
  });

  it('is an expression where it reads variables, inputs of the task before it included', async () => {
    const inputs = [
      ['customer', '=order.customer'],
      ['label', '="Order of " + customer.name'],
    ] as const;
    const { call, report } = await callOf({ inputs: '{Label: label, At: now()}' }, { inputs });
    expect(call.expressions).toEqual({
      'inputs.Label': '="Order of " + order.customer.name',
      'inputs.At': '=now()',
    });
    expect(report).toContainEqual(expect.objectContaining({ what: 'inputs.At', fate: 'check' }));
    expect(report).toContainEqual(expect.objectContaining({ what: 'input customer', fate: 'mapped' }));
  });

  it('is left to the caller where it was a secret and takes none', async () => {
    const { call, report } = await callOf({ runMode: '"{{secrets.MODE}}"' });
    expect(call.input).not.toHaveProperty('runMode');
    expect(call.expressions).toHaveProperty('runMode');
    expect(report).toContainEqual(expect.objectContaining({ what: 'runMode', fate: 'check' }));
  });

  it('is named where the worker would refuse it, or where it is missing', async () => {
    const url = TRIGGER_INPUTS.map(([name, value]) => [name, value.replace(FLOW_ID, 'no-guid')] as const);
    const task = taskXml({ inputs: [...url, ['body', '={connectionName: "c"}']] });
    const { report } = await importBpmn(fileXml(task));
    const named = report.filter(({ fate }) => fate === 'check').map(({ what }) => what);
    expect(named).toEqual(expect.arrayContaining(['flowId', 'runMode']));
  });

  it.each([
    ['a secret in clear text', { inputs: '{Password: "hunter2"}' }, 'inputs.Password'],
    ['inputs that are no JSON', { inputs: '"no JSON"' }, 'inputs'],
  ])('is told: %s', async (_what, fields: Record<string, string>, what) => {
    const { report } = await callOf(fields);
    const lines = report.filter((line) => line.what === what);
    expect(lines.map(({ fate }) => fate)).toContain('check');
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });
});

describe('retries of a job', () => {
  it.each([
    ['PT30S', '3', undefined],
    ['PT12H', '4', '2d'],
    ['P20D', '3', '30d'],
    ['=backoff', '3', undefined],
  ])('back-off %s, %s retries', async (retryBackoff, retries, expected) => {
    const { call, report } = await callOf({}, { headers: [['retryBackoff', retryBackoff]], retries });
    expect(call.input.scheduleToCloseTimeout).toBe(expected);
    expect(report.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['header retryBackoff', 'task definition retries']),
    );
  });
});

describe('a result expression', () => {
  const outputs = (resultExpression: string) =>
    taskXml({
      id: 'O',
      inputs: [
        ['url', '="https://contoso.crm4.dynamics.com/api/data/v9.2/flowsessions(" + s + ")/outputs/$value"'],
      ],
      headers: [['resultExpression', resultExpression]],
    });

  it.each(['={a: response.body.A, b: body.B}', '{ status: run.statusCode, all: [response.body] }'])(
    'of the outputs is that of the call, as it stands: %s',
    async (expression) => {
      const imported = await importBpmn(fileXml(outputs(expression)));
      expect(callsOf(imported)[0]?.input.resultExpression).toBe(expression);
    },
  );

  it.each(['={a: response.body.A, b: amount}', '={a: get or else(response.body.A, 1)}', '={a: '])(
    'that the run would refuse is told, and not in the call: %s',
    async (expression) => {
      const imported = await importBpmn(fileXml(outputs(expression)));
      expect(callsOf(imported)[0]?.input).not.toHaveProperty('resultExpression');
      const said = imported.report.filter(({ what }) => what === 'header resultExpression');
      expect(said).toContainEqual(expect.objectContaining({ fate: 'check' }));
    },
  );
});

describe('an error expression', () => {
  it.each([
    [
      '=if error.code = "403" then bpmnError("NO", "text") else null',
      { DataverseForbidden: { bpmnError: 'NO' } },
    ],
    [
      'if error.code in ("401", "403") then bpmnError("NO", "text")  else null',
      { DataverseUnauthorized: { bpmnError: 'NO' }, DataverseForbidden: { bpmnError: 'NO' } },
    ],
    ['=if error != null then jobError("again") else null', {}],
    ['=nonsense(', {}],
  ])('%s', async (errorExpression, failures) => {
    const { call, report } = await callOf({}, { headers: [['errorExpression', errorExpression]] });
    expect(call.failures).toEqual(failures);
    const said = report.filter(({ what }) => what === 'header errorExpression');
    expect(said.map(({ fate }) => fate)).toContain(Object.keys(failures).length > 0 ? 'mapped' : 'check');
  });
});

it('finds nothing in a process without such tasks', async () => {
  const inputs = [
    ['url', 'https://contoso.crm4.dynamics.com/api/data/v9.2/accounts'],
    ['method', 'GET'],
  ] as const;
  const { calls } = await importBpmn(fileXml(taskXml({ inputs })));
  expect(calls).toEqual([]);
});

it.each(['', 'no XML', '<html/>', '{"a": 1}'])('refuses what is no BPMN: %j', async (text) => {
  await expect(importBpmn(text)).rejects.toThrow('this is no BPMN');
});
