/** Why a robot failed: by the activity `explainFlowRun`, and in the failure of a run with `explainFailures`. */
import { randomUUID } from 'node:crypto';
import type { ApplicationFailure } from '@temporalio/common';
import { type FlowRunExplanation, MAX_EXPLANATION_BYTES } from '../../src/common/explanation';
import { environmentSecrets } from '../../src/config/secrets';
import type { EmulatorOptions, FlowDefinition } from '../../src/testing/emulator';
import { type Harness, type HarnessOptions, startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

let harness: Harness;

/** For the tests that need no environment of their own. */
let shared: Harness;
beforeAll(async () => {
  shared = await startHarness();
});
afterAll(() => shared.close());
afterEach(async () => {
  shared.emulator.clearFaults();
  if (harness !== shared) await harness.close();
});

/** As somebody's log might be: Microsoft documents none of these fields. */
const ACTIONS: NonNullable<FlowDefinition['actionLog']>['actions'] = [
  {
    actionName: 'Launch Excel',
    subflowName: 'Main',
    actionIndex: 1,
    status: 'Succeeded',
    startTime: '2026-11-24T04:15:26Z',
  },
  {
    actionName: 'Click element',
    subflowName: 'Enter invoice',
    actionIndex: 12,
    status: 'Failed',
    startTime: '2026-11-24T04:15:29Z',
    errorMessage: 'Element "Save" was not found for {{inputs.Invoice}}',
    retries: 3,
  },
];

const open = async (options?: HarnessOptions, emulator: EmulatorOptions = {}) => {
  harness = options === undefined ? shared : await startHarness({ ...options, emulator });
};

/** Runs the flow to its failure, and has it explained. */
async function explained(definition: Partial<FlowDefinition>, more: object = {}) {
  const input = {
    ...harness.flow(definition),
    retry: { maximumAttempts: 1 },
    explainFailures: true,
    ...more,
  };
  const { failure, details, workflowId } = await harness.fail(input);
  const explanation = details.explanation as FlowRunExplanation;
  expect(failure.message.split('\n').at(-1)).toBe(explanation.summary);
  expect(Buffer.byteLength(JSON.stringify(explanation))).toBeLessThanOrEqual(MAX_EXPLANATION_BYTES);
  return { failure, details, explanation, workflowId, input };
}

const activitiesOf = async (workflowId: string) =>
  ((await harness.client.workflow.getHandle(workflowId).fetchHistory()).events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );

describe('a failed robot is explained', () => {
  it('by the action that failed, as the file additionalcontext has it', async () => {
    await open();
    const { explanation, failure, details, input } = await explained(
      {
        name: 'Enter invoice',
        ends: {
          status: 'Failed',
          errorCode: 'UnknownAction',
          errorMessage: 'The flow failed',
          errorDetails: 'At line 12',
        },
        actionLog: { actions: ACTIONS },
      },
      { inputs: { Invoice: 'R-4711' } },
    );
    expect(failure.type).toBe('DesktopFlowFailed');
    expect(explanation).toMatchObject({
      flowSessionId: details.flowSessionId,
      status: 'Failed',
      statusCode: 8,
      flow: { flowId: input.flowId, name: 'Enter invoice' },
      error: { code: 'UnknownAction', message: 'The flow failed', details: 'At line 12' },
      log: { source: 'additionalcontext', actions: 2 },
      failedAction: {
        name: 'Click element',
        subflow: 'Enter invoice',
        index: 12,
        text: 'Element "Save" was not found for R-4711',
        fields: { retries: 3, status: 'Failed' },
      },
      machine: {
        name: expect.stringContaining('machine of'),
        lastHeartbeatOn: expect.stringMatching(/Z$/),
        sessions: 1,
      },
      timing: { basis: 'durations', executionSeconds: expect.any(Number), queueSeconds: expect.any(Number) },
      licenseCheck: { code: 'ValidLicenseCoverage' },
      links: { run: expect.stringContaining(`/runs/${details.flowSessionId}`) },
    });
    expect(explanation.summary).toMatch(
      /^The action "Click element" \(subflow Enter invoice, action 12\) failed: Element "Save" was not found for R-4711\. UnknownAction: The flow failed\. It was on the machine/,
    );
  });

  it('by the table flowlog, where the environment keeps the log there, with what happened in the queue', async () => {
    await open();
    const { explanation } = await explained({
      ends: 'Faulted',
      actionLog: {
        version: 'v2',
        actions: ACTIONS,
        queueEvents: [
          { type: 'DesktopFlowRunQueueAssignFailed', data: { error: 'SessionExists', token: 'abc' } },
        ],
      },
    });
    expect(explanation).toMatchObject({
      log: { source: 'flowlog', actions: 2 },
      failedAction: { name: 'Click element' },
      queueEvents: [
        { type: 'DesktopFlowRunQueueAssignFailed', data: { error: 'SessionExists', token: '[redacted]' } },
      ],
    });
  });

  itTakesLong('by its error code, where it got no machine in time', async () => {
    await open(
      {},
      {
        limits: { queueTime: '300ms' },
        flows: {
          flows: [],
          machines: [{ name: 'Robot 1', connections: ['robots'], online: false, mode: 'attended' }],
        },
      },
    );
    const { explanation } = await explained({}, { connectionName: 'robots', runMode: 'attended' });
    expect(explanation).toMatchObject({
      status: 'Failed',
      error: { code: 'NoCandidateMachine', category: expect.any(String), meaning: expect.any(String) },
      log: { source: 'none', because: expect.stringMatching(/^No log, because the run has left none/) },
      machine: { because: expect.stringContaining('names no machine') },
      timing: { startedOn: null, queueSeconds: expect.any(Number), executionSeconds: 0 },
    });
    expect(explanation.summary).toMatch(/^NoCandidateMachine: .*It got no machine, in [\d.]+ s\.$/);
  });

  it('by the machine, where that has been silent', async () => {
    await open(
      {},
      {
        flows: {
          flows: [],
          machines: [{ name: 'Robot 7', connections: ['robots'], silentFor: '2h', agentVersion: '2.49.182' }],
        },
      },
    );
    const { explanation } = await explained(
      { ends: { status: 'Failed', errorCode: 'NoListenerConnected' }, actionLog: {} },
      { connectionName: 'robots', retry: { maximumAttempts: 1 } },
    );
    expect(explanation).toMatchObject({ machine: { name: 'Robot 7', agentVersion: '2.49.182' } });
    const silentMs = Date.now() - Date.parse(explanation.machine?.lastHeartbeatOn ?? '');
    expect(silentMs).toBeGreaterThan(2 * 60 * 60_000 - 5000);
    expect(explanation.summary).toContain(
      `Robot 7, last heard of at ${explanation.machine?.lastHeartbeatOn}`,
    );
  });

  it('by the licence check of its trigger, where that kept it from starting', async () => {
    await open();
    harness.emulator.inject({ on: 'trigger', kind: 'license', code: 'UnattendedNoAddon', blocks: true });
    const { explanation, failure } = await explained({ actionLog: {} });
    expect(failure.type).toBe('DesktopFlowSkipped');
    expect(explanation).toMatchObject({ status: 'Skipped', licenseCheck: { code: 'UnattendedNoAddon' } });
    expect(explanation.summary).toContain('The licence check failed: UnattendedNoAddon');
  });

  itTakesLong('by the limit that passed, while it waits for its machine', async () => {
    await open(
      {},
      { flows: { flows: [], machines: [{ name: 'Robot 1', connections: ['robots'], online: false }] } },
    );
    const { failure, explanation } = await explained(
      { actionLog: {} },
      { connectionName: 'robots', queueTimeout: '1s' },
    );
    expect(failure.type).toBe('DesktopFlowTimedOut');
    expect(explanation).toMatchObject({ status: 'Cancelled', timing: { startedOn: null } });
  });
});

describe('No log, because', () => {
  it('a run has left none', async () => {
    await open();
    const { explanation } = await explained({ ends: 'Faulted' });
    expect(explanation.log).toEqual({
      source: 'none',
      because: expect.stringMatching(/^No log, because the run has left none.*a cloud flow has started\.$/),
    });
  });

  it.each([
    [
      'it may not be read',
      403,
      /may not read the file additionalcontext .*; the application user may not read the table flowlog/,
    ],
    ['it is not there', 404, /the file additionalcontext is not there/],
  ])('%s', async (_case, httpStatus, why) => {
    await open();
    harness.emulator.inject({ on: 'actionLog', kind: 'status', httpStatus, times: 'always' });
    harness.emulator.inject({ on: 'flowLogs', kind: 'status', httpStatus, times: 'always' });
    const { explanation } = await explained({
      ends: 'Faulted',
      actionLog: { actions: ACTIONS, version: 'both' },
    });
    expect(explanation.log).toEqual({ source: 'none', because: expect.stringMatching(why) });
  });

  it('the table is missing and the file holds something else', async () => {
    await open({}, { flowLogTable: false });
    const { explanation } = await explained({ ends: 'Faulted', actionLog: { text: '<log/>' } });
    expect(explanation.log.because).toMatch(
      /^No log, because the file additionalcontext is not JSON with a list of actions; the table flowlog is not there/,
    );
  });

  itTakesLong('but one that comes a little later is waited for', async () => {
    await open();
    const { explanation } = await explained({
      ends: 'Faulted',
      actionLog: { actions: ACTIONS, delay: '2s' },
    });
    expect(explanation.log.source).toBe('additionalcontext');
  });
});

describe('what cannot be explained', () => {
  it('is a run that may not be read', async () => {
    await open();
    const input = {
      ...harness.flow({ ends: 'Faulted' }),
      retry: { maximumAttempts: 1 },
      explainFailures: true,
    };
    // Of the looks at it: the first tells that it ended, the second is the explanation's.
    harness.emulator.inject({
      on: 'status',
      kind: 'status',
      httpStatus: 403,
      code: '0x80048306',
      times: 'always',
      after: 1,
    });
    const { failure, details } = await harness.fail(input);
    expect(failure.type).toBe('DesktopFlowFaulted');
    expect(details).toMatchObject({ status: 'Faulted', attempts: [{ status: 'Faulted' }] });
    expect(details.explanation).toMatchObject({
      flowSessionId: details.flowSessionId,
      summary: expect.stringMatching(
        /could not be explained: the application user may not read the run.*0x80048306/,
      ),
      log: { source: 'none', because: expect.stringMatching(/^No log, because/) },
    });
  });

  it('is a run while Dataverse is out of reach, whose failure is none the worse', async () => {
    await open();
    harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 503, times: 'always', after: 1 });
    const { failure, details, explanation } = await explained({
      ends: { status: 'Failed', errorCode: 'WcfServerCrash' },
    });
    expect(failure.type).toBe('DesktopFlowFailed');
    expect(failure.message).toContain('WcfServerCrash');
    expect(details).toMatchObject({ origin: 'desktopFlow', errorCode: 'WcfServerCrash' });
    expect(explanation.summary).toMatch(/^The run could not be explained: .*503/);
  });

  itTakesLong('is only the part that stays out of reach', async () => {
    await open();
    harness.emulator.inject({ on: 'actionLog', kind: 'status', httpStatus: 503, times: 'always' });
    const { explanation } = await explained({ ends: { status: 'Failed', errorCode: 'WcfServerCrash' } });
    expect(explanation).toMatchObject({
      error: { code: 'WcfServerCrash' },
      log: {
        source: 'none',
        because: expect.stringMatching(/the file additionalcontext could not be read .*503/),
      },
    });
  });
});

it('a run that does not ask is not explained: its history is as it was', async () => {
  await open();
  const input = {
    ...harness.flow({ ends: 'Faulted', actionLog: { actions: ACTIONS } }),
    retry: { maximumAttempts: 1 },
  };
  const { details, workflowId } = await harness.fail(input);
  expect(details).not.toHaveProperty('explanation');
  expect(await activitiesOf(workflowId)).toEqual(['triggerFlowRun', 'getFlowRunStatus']);
  const { workflowId: asking } = await explained({ ends: 'Faulted', actionLog: { actions: ACTIONS } });
  expect(await activitiesOf(asking)).toEqual(['triggerFlowRun', 'getFlowRunStatus', 'explainFlowRun']);
});

it('secrets of the inputs and of the worker are cut out, and what does not fit is left out', async () => {
  await open({
    connector: {
      secrets: environmentSecrets({ SAP_PASSWORD: 'hunter2-hunter2' }, { allow: ['SAP_PASSWORD'] }),
    },
  });
  const { clientSecret } = harness.emulator;
  const long = 'x'.repeat(1000);
  const noise = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`field${index}`, long]));
  const { explanation } = await explained(
    {
      ends: {
        status: 'Failed',
        errorCode: 'Odd',
        errorMessage: `cannot sign in with hunter2-hunter2 or ${clientSecret}`,
        errorDetails: `Authorization: Bearer abcdefghijklmnop`,
        errorInnerError: long.repeat(90),
      },
      actionLog: {
        actions: [
          {
            name: 'Type text',
            status: 'Failed',
            error: { message: 'could not type {{inputs.Password}}' },
            inputs: { Password: 'unknown to the worker', Text: 'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl' },
            parameters: [{ name: 'Password', value: 'unknown to the worker' }],
            ...noise,
          },
        ],
      },
    },
    { inputs: { Password: '{{secrets.SAP_PASSWORD}}' } },
  );
  const text = JSON.stringify(explanation);
  for (const secret of ['hunter2', clientSecret, 'unknown to the worker', 'abcdefghijklmnop', 'eyJhbGciOi']) {
    expect(text).not.toContain(secret);
  }
  expect(explanation.failedAction?.text).toBe('could not type [redacted]');
  expect(explanation.leftOut).toEqual(['fields']);
});

it('an explanation fits, whatever the texts are made of', async () => {
  await open();
  const text = '\u0001'.repeat(3000);
  const { explanation } = await explained({
    ends: {
      status: 'Failed',
      errorMessage: `a${text}`,
      errorDetails: `b${text}`,
      errorInnerError: `c${text}`,
    },
    actionLog: { actions: [{ name: 'Type', status: 'Failed', error: `d${text}` }] },
  });
  expect(explanation).toMatchObject({ status: 'Failed', leftOut: ['everything else'] });
  expect(explanation.summary).toMatch(/^The action "Type" failed: d/);
});

describe('the activity alone', () => {
  it('explains any run, also one that somebody else has started', async () => {
    await open();
    const { flowId } = harness.flow({
      ends: { status: 'Failed', errorCode: 'WcfServerCrash' },
      actionLog: { actions: ACTIONS },
    });
    const flowSessionId = harness.emulator.startForeignRun({ flowId });
    const explanation = await harness.client.activity.execute('explainFlowRun', {
      id: randomUUID(),
      taskQueue: harness.taskQueue,
      args: [{ flowSessionId }],
      startToCloseTimeout: '1m',
    });
    expect(explanation).toMatchObject({ flowSessionId, failedAction: { name: 'Click element' } });
    expect(explanation).not.toHaveProperty('licenseCheck');
  });

  it('refuses an input that it does not know', async () => {
    await open();
    const failed = harness.client.activity.execute('explainFlowRun', {
      id: randomUUID(),
      taskQueue: harness.taskQueue,
      args: [{ flowSessionId: 'x', secrets: 'SAP' }],
      startToCloseTimeout: '1m',
    });
    const { cause } = (await failed.catch((error: unknown) => error)) as { cause: ApplicationFailure };
    expect(cause).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(/flowSessionId.*secrets/),
    });
  });
});
