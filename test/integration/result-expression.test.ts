/** Result expressions: checked before anything is started, evaluated when the robot has ended. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { triggersIn } from '../../src/activities/trigger/triggers-in-history';
import type { RunDesktopFlowInput } from '../../src/common/input';
import { environmentSecrets } from '../../src/config/secrets';
import { bundle, workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness({ connector: { settlingWindowMs: 1000, requestTimeoutMs: 2000 } });
});

afterAll(() => harness.close());

/** As the pages of the connector have them. */
const PREFILLED = {
  trigger: '= {flowSessionId: response.body.flowsessionId}',
  status: '= {statusCode: response.body.statuscode}',
  outputs: '= {flowOutputs: response.body}',
};

const INVOICE = { result: { Output1: 'My output value' } };

const sessionsOf = ({ flowId }: { flowId: string }) =>
  harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);

async function activity<T>(name: string, input: object, { client, taskQueue } = harness): Promise<T> {
  const handle = await client.activity.start(name, {
    id: randomUUID(),
    taskQueue,
    args: [input],
    startToCloseTimeout: '5m',
    heartbeatTimeout: '10s',
  });
  return handle.result() as Promise<T>;
}

const failed = (name: string, input: object) =>
  activity(name, input).then(
    () => Promise.reject(new Error('expected a failure')),
    ({ cause }) => cause as { type: string; message: string; nonRetryable: boolean; details: [object] },
  );

const triggerOf = ({ flowId, connectionName, runMode }: RunDesktopFlowInput) => ({
  flowId,
  connectionName,
  runMode,
});

describe('the result expression of a run', () => {
  it('makes result of the outputs', async () => {
    const input = { ...harness.flow(INVOICE), resultExpression: PREFILLED.outputs };
    await expect(harness.run(input)).resolves.toMatchObject({
      status: 'Succeeded',
      outputs: INVOICE.result,
      result: { flowOutputs: { Output1: 'My output value' } },
    });
  });

  itTakesLong('sees all of the run besides', async () => {
    const resultExpression =
      '{session: run.flowSessionId, code: run.statusCode, robots: count(run.attempts), http: response.status, out: body.Output1}';
    const flow = harness.flow({ ...INVOICE, ends: ['Faulted', 'Succeeded'] });
    const { result, flowSessionId } = await harness.run({ ...flow, resultExpression });
    expect(result).toEqual({ session: flowSessionId, code: 4, robots: 2, http: 200, out: 'My output value' });
  });

  it('sees null where the robot left no outputs', async () => {
    const { result } = await harness.run({ ...harness.flow(), resultExpression: PREFILLED.outputs });
    expect(result).toEqual({ flowOutputs: null });
  });

  itTakesLong('sees those that a shared look has sent', async () => {
    const shared = await startHarness({ sharedPolling: true });
    try {
      const flow = { ...shared.flow({ ...INVOICE, duration: '2s' }), poll: { shared: true } };
      const { result } = await shared.run({ ...flow, resultExpression: PREFILLED.outputs });
      expect(result).toEqual({ flowOutputs: INVOICE.result });
    } finally {
      await shared.close();
    }
  });

  itTakesLong('goes with a robot that somebody else has started', async () => {
    const flow = harness.flow(INVOICE);
    const { flowSessionId } = await activity<{ flowSessionId: string }>('triggerFlowRun', triggerOf(flow));
    const { result } = await harness.run({
      flowSessionId,
      poll: flow.poll,
      resultExpression: 'run.flowSessionId',
    });
    expect(result).toBe(flowSessionId);
  });

  it('leaves no field and asks no activity where there is none', async () => {
    const handle = await harness.start(harness.flow(INVOICE));
    expect(await handle.result()).not.toHaveProperty('result');
    expect(await activitiesOf(handle)).not.toContain('checkResultExpression');
  });

  it('is checked once and evaluated once, however many robots there are', async () => {
    const flow = harness.flow({ ...INVOICE, ends: ['Faulted', 'Faulted', 'Succeeded'] });
    const handle = await harness.start({ ...flow, resultExpression: 'response.status' });
    await handle.result();
    expect((await activitiesOf(handle)).filter((name) => name.endsWith('ResultExpression'))).toEqual([
      'checkResultExpression',
      'evaluateResultExpression',
    ]);
  });

  it('holds for the items of a batch, by its defaults or their own', async () => {
    const items = [{}, { resultExpression: 'response.body.Output1' }, { resultExpression: 'bdy' }];
    const pages: { results: object[] }[] = [];
    const collecting = await startHarness({
      activities: { keep: async (page: never) => void pages.push(page) },
    });
    try {
      const defaults = { ...collecting.flow(INVOICE), resultExpression: PREFILLED.outputs };
      const batch = { items, defaults, results: { activity: 'keep' } };
      const { succeeded, failures } = await (await collecting.start(batch, 'RunDesktopFlows')).result();
      expect([succeeded, failures]).toEqual([
        2,
        [expect.objectContaining({ index: 2, type: 'InvalidInput' })],
      ]);
      const results = pages.flatMap((page) => page.results);
      expect(results).toContainEqual(
        expect.objectContaining({ index: 0, result: { flowOutputs: INVOICE.result } }),
      );
      expect(results).toContainEqual(expect.objectContaining({ index: 1, result: 'My output value' }));
    } finally {
      await collecting.close();
    }
  });
});

describe('a result expression that cannot be evaluated', () => {
  it.each([
    [
      'get or else(response.body, 1)',
      'cannot be read from character 8 on: there is no function "get or else" here',
    ],
    ['{a: response.body', 'cannot be read from character 18 on'],
    ['trim(response.body.Name)', 'calls "trim" at character 1, which is no function here'],
    ['{a: respons.body}', 'names "respons" at character 5'],
    ['if response.body = null then during(1, 2) else 1', 'calls "during" at character 30'],
    ['abs(1, 2, 3)', 'calls "abs" at character 1, which takes other parameters here'],
    ['function(a) a', 'gives a function, which is no JSON'],
    ['for a in 1..1000000000 return a', 'takes longer than 2 seconds'],
  ])('is refused before anything is started: %s', async (resultExpression, problem) => {
    const input = { ...harness.flow(INVOICE), resultExpression };
    const { failure, details } = await harness.fail(input);
    expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
    expect(details.problems).toEqual([
      { field: 'resultExpression', problem: expect.stringContaining(problem) },
    ]);
    expect(failure.message).toContain('Nothing was sent');
    expect(details.attempts).toEqual([]);
    expect(sessionsOf(input)).toEqual([]);
  });

  it.each(['triggerFlowRun', 'getFlowRunStatus', 'getFlowOutputs'])(
    'is refused by %s, which sends nothing',
    async (name) => {
      const input = name === 'triggerFlowRun' ? triggerOf(harness.flow()) : { flowSessionId: randomUUID() };
      const before = harness.emulator.seen.requests.length;
      const failure = await failed(name, { ...input, resultExpression: 'trim("a")' });
      expect(failure).toMatchObject({ type: 'InvalidInput', nonRetryable: true });
      expect(harness.emulator.seen.requests).toHaveLength(before);
    },
  );

  it('repeats no text of the expression', async () => {
    const resultExpression = '{a: "secret-4711", b: nothing("secret-4712")}';
    const { failure, details } = await harness.fail({ ...harness.flow(), resultExpression });
    expect(JSON.stringify([failure.message, details])).not.toContain('secret-47');
  });
});

/** A pattern that takes for ever on this text, and no time on any other. */
const ENDLESS = 'matches(response.body.Text, "^(a+)+$")';
/** The same, once there is a robot. */
const SLOW_WITH_A_ROBOT =
  'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", if body.flowsessionId = null then "a" else "^(a+)+$")';

const TEXT = `${'a'.repeat(40)}!`;

describe('a result expression that fails once the robot has ended', () => {
  it('fails the run with all that it has', async () => {
    const flow = harness.flow({ result: { Text: TEXT }, ends: ['Faulted', 'Succeeded'] });
    const { failure, details } = await harness.fail({ ...flow, resultExpression: ENDLESS });
    expect(failure).toMatchObject({ type: 'ResultExpressionFailed', nonRetryable: true });
    expect(failure.message).toContain('resultExpression takes longer than 2 seconds');
    expect(failure.message).not.toContain(TEXT);
    const flowSessionId = sessionsOf(flow).at(-1)?.id;
    expect(details).toEqual({
      ...{ flowSessionId, statusCode: 4, status: 'Succeeded', outputs: { Text: TEXT } },
      startedOn: expect.any(String),
      completedOn: expect.any(String),
      attempts: [
        expect.objectContaining({ status: 'Faulted' }),
        expect.objectContaining({ flowSessionId, status: 'Succeeded' }),
      ],
      licenseCheck: expect.objectContaining({ code: 'ValidLicenseCoverage' }),
    });
    expect(sessionsOf(flow)).toHaveLength(2);
  });

  itTakesLong('fails the run whose result would not fit beside the outputs', async () => {
    const flow = harness.flow({ resultSize: 1_000_000 });
    const { failure, details } = await harness.fail({ ...flow, resultExpression: PREFILLED.outputs });
    expect(failure.type).toBe('ResultExpressionFailed');
    expect(JSON.stringify(details.outputs)).toHaveLength(1_000_000);
    const { result } = await harness.run({
      ...flow,
      resultExpression: 'count(get entries(response.body)) > 0',
    });
    expect(result).toBe(true);
  });

  it('fails a trigger, which names the robot that it has started', async () => {
    const input = {
      ...triggerOf(harness.flow()),
      resultExpression: SLOW_WITH_A_ROBOT,
    };
    const failure = await failed('triggerFlowRun', input);
    expect(failure).toMatchObject({ type: 'ResultExpressionFailed', nonRetryable: true });
    const [session] = sessionsOf(input);
    expect(failure.details[0]).toMatchObject({ flowSessionId: session?.id, licenseCheck: {} });
    expect(sessionsOf(input)).toHaveLength(1);
  });
});

describe('the history of a workflow whose trigger failed by its expression', () => {
  it('tells which robot it has started, to whoever looks for robots of others', async () => {
    const taskQueue = randomUUID();
    const fixtures = path.join(__dirname, '..', 'workflows', 'fixtures');
    const worker = await Worker.create({
      connection: harness.env.nativeConnection,
      taskQueue,
      workflowBundle: await bundle(path.join(fixtures, 'triggers-with-retries.ts')),
    });
    const input = { ...triggerOf(harness.flow()), resultExpression: SLOW_WITH_A_ROBOT };
    const { client } = harness;
    const workflowId = randomUUID();
    const args = [harness.taskQueue, input];
    const run = client.workflow.execute('triggersWithRetries', { taskQueue, workflowId, args });
    await worker.runUntil(expect(run).rejects.toThrow());
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const triggers = await triggersIn(events ?? [], client.options.loadedDataConverter);
    expect(triggers).toMatchObject([{ sessions: sessionsOf(input).map(({ id }) => id), isOpen: false }]);
    expect(sessionsOf(input)).toHaveLength(1);
  });
});

describe('a run with a result expression', () => {
  it.each(sampleOf(['succeeds', 'fails', 'is refused'], 1))('that %s is replayed', async (how) => {
    const flow = harness.flow({ result: { Text: TEXT } });
    const expressions = { succeeds: 'response.body', fails: ENDLESS, 'is refused': 'nothing()' };
    const handle = await harness.start({ ...flow, resultExpression: expressions[how as 'fails'] });
    await handle.result().catch(() => undefined);
    const history = await handle.fetchHistory();
    const replay = Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history);
    await expect(replay).resolves.toBeUndefined();
  });
});

describe('the expressions that the connector fills in', () => {
  it('give what they gave, each for its own operation', async () => {
    const trigger = { ...triggerOf(harness.flow(INVOICE)), resultExpression: PREFILLED.trigger };
    const started = await activity<{ flowSessionId: string; result: unknown }>('triggerFlowRun', trigger);
    const { flowSessionId } = started;
    expect(started.result).toEqual({ flowSessionId });
    const looked = { flowSessionId, resultExpression: PREFILLED.status };
    await eventually(async () => {
      const { result } = await activity<{ result: { statusCode: number } }>('getFlowRunStatus', looked);
      return result.statusCode === 4;
    });
    const fetched = { flowSessionId, resultExpression: PREFILLED.outputs };
    await expect(activity('getFlowOutputs', fetched)).resolves.toEqual({
      outputs: { Output1: 'My output value' },
      result: { flowOutputs: { Output1: 'My output value' } },
    });
  });
});

describe('the answer that an expression of a single operation sees', () => {
  const SEEN = '{status: response.status, body: response.body, headers: response.headers}';
  interface Seen {
    status: number;
    body: Record<string, unknown> | null;
    headers: Record<string, string>;
  }
  const seen = async (name: string, input: object) =>
    (await activity<{ result: Seen }>(name, { ...input, resultExpression: SEEN })).result;

  it('is that of Dataverse', async () => {
    const trigger = await seen('triggerFlowRun', triggerOf(harness.flow(INVOICE)));
    expect(trigger).toMatchObject({
      status: 200,
      body: {
        '@odata.context': expect.stringContaining('RunDesktopFlowResponse'),
        licenseCheck: { code: 'ValidLicenseCoverage' },
      },
      headers: { 'content-type': expect.stringContaining('application/json') },
    });
    const flowSessionId = trigger.body?.flowsessionId;
    const status = await eventually(async () => {
      const look = await seen('getFlowRunStatus', { flowSessionId });
      return look.body?.statuscode === 4 && look;
    });
    expect(status).toMatchObject({
      status: 200,
      body: { statuscode: 4, statecode: expect.any(Number), startedon: expect.any(String) },
    });
    expect(status.body).toHaveProperty(['@odata.context']);
    const outputs = await seen('getFlowOutputs', { flowSessionId });
    expect(outputs).toMatchObject({ status: 200, body: INVOICE.result });
    expect(Object.keys(outputs.headers)).not.toEqual([]);
  });

  it('has no body and 204 where there are no outputs', async () => {
    const { flowSessionId } = await harness.run(harness.flow());
    await expect(seen('getFlowOutputs', { flowSessionId })).resolves.toEqual({
      status: 204,
      body: null,
      headers: {},
    });
  });

  it('names the robot where the answer to its trigger was lost', async () => {
    const flow = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: flow.flowId });
    const { body } = await seen('triggerFlowRun', triggerOf(flow));
    expect(body).toEqual({ flowsessionId: sessionsOf(flow)[0]?.id });
    expect(sessionsOf(flow)).toHaveLength(1);
  });

  it('holds no secret that the input names, and no cookie', async () => {
    const present = new Map<string, string>();
    const { nameProblem } = environmentSecrets({}, { allow: ['ORGANIZATION'] });
    const secrets = { nameProblem, get: async (name: string) => present.get(name) };
    const other = await startHarness({ connector: { secrets } });
    try {
      present.set('ORGANIZATION', other.emulator.url);
      const organizationUri = '{{secrets.ORGANIZATION}}';
      const input = { ...triggerOf(other.flow()), organizationUri, resultExpression: SEEN };
      const { result } = await activity<{ result: Seen }>('triggerFlowRun', input, other);
      expect(result.body?.['@odata.context']).toContain('[redacted]');
      expect(JSON.stringify(result)).not.toContain(new URL(other.emulator.url).host);
      expect(Object.keys(result.headers)).not.toContain('set-cookie');
    } finally {
      await other.close();
    }
  });
});

async function activitiesOf(handle: {
  fetchHistory(): Promise<{ events?: object[] | null }>;
}): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap((event) => {
    const { activityTaskScheduledEventAttributes: scheduled } = event as {
      activityTaskScheduledEventAttributes?: { activityType?: { name?: string } };
    };
    return scheduled?.activityType?.name ?? [];
  });
}
