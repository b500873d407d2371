/** `desktop-flow explain` as a process, against the emulator and the dev server. */
import { randomUUID } from 'node:crypto';
import type { FlowRunExplanation } from '../../src/common/explanation';
import type { FlowDefinition } from '../../src/testing/emulator';
import { runProgram } from '../helpers/built-process';
import { type Harness, setUp, startHarness } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => harness.emulator.clearFaults());
afterAll(() => harness.close());

const FAILS: Partial<FlowDefinition> = {
  name: 'Enter invoice',
  ends: { status: 'Failed', errorCode: 'WcfServerCrash' },
  actionLog: {
    actions: [
      { actionName: 'Click element', subflowName: 'Main', status: 'Failed', errorMessage: 'not found' },
    ],
  },
};

const explain = (args: string[], environment: Record<string, string> = {}) =>
  runProgram(
    { file: 'cli/main.js', args: ['explain', ...args] },
    {
      ...harness.emulator.environment,
      TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'),
      TEMPORAL_TASK_QUEUE: harness.taskQueue,
      ...environment,
    },
  );

const robot = () => harness.emulator.startForeignRun({ flowId: harness.flow(FAILS).flowId });

it('tells by a flow session what failed, where, and with what text', async () => {
  const flowSessionId = robot();
  const { code, stdout, stderr } = await explain(['--flow-session', flowSessionId], {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^The action "Click element" \(subflow Main\) failed: not found\. WcfServerCrash: /);
  expect(stdout).toContain(
    `Run          ${flowSessionId}\nStatus       Failed (8)\nFlow         Enter invoice, `,
  );
  expect(stdout).toMatch(/^Failed {7}Click element, subflow Main, Failed\n {13}not found$/m);
  expect(stdout).toMatch(/^Portal {7}https:\/\/make\.powerautomate\.com\/environments\//m);
});

it('writes JSON alone, by the workflow of the run, with the licence check of its trigger', async () => {
  const { workflowId, details } = await harness.fail(harness.flow(FAILS));
  const { code, stdout, stderr } = await explain([workflowId, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const explanation: FlowRunExplanation = JSON.parse(stdout);
  expect(explanation).toMatchObject({
    flowSessionId: details.flowSessionId,
    failedAction: { name: 'Click element' },
    licenseCheck: { code: 'ValidLicenseCoverage' },
  });
});

it('tells of a run that goes on, and of one without a robot', async () => {
  const running = await harness.start(harness.flow({ duration: '1h' }));
  await running.executeUpdate('awaitFlowSession');
  const { code, stdout } = await explain([running.workflowId]);
  expect(code).toBe(0);
  expect(stdout).toContain('The run has not ended');
  expect(stdout).toContain('No log, because the run has not ended.');
  await running.cancel();

  const { workflowId } = await harness.fail({ ...harness.flow(), runMode: 'never' });
  const none = await explain([workflowId]);
  expect([none.code, none.stdout]).toEqual([1, '']);
  expect(none.stderr).toContain('has started no robot: ');
});

it('ends with 1 where the run may not be read, and says so', async () => {
  const flowSessionId = robot();
  harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 403, times: 'always' });
  const { code, stdout } = await explain(['--flow-session', flowSessionId]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^The run could not be explained: the application user may not read the run/);
  expect(stdout).toContain('No log, because');
});

it.each([
  [[], 'give either a workflow id or --flow-session'],
  [['a', '--flow-session', randomUUID()], 'give either'],
  [['--flow-session', 'x'], '--flow-session must be a GUID'],
  [['no-such-workflow'], 'there is no workflow no-such-workflow'],
])('%j is an error of its user', async (args, problem) => {
  const { code, stdout, stderr } = await explain(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(problem);
});

itTakesLong(
  'ends with 3 where Dataverse or Temporal cannot be reached',
  async () => {
    const nowhere = {
      POWER_AUTOMATE_ORGANIZATION_URI: 'http://127.0.0.1:1',
      POWER_AUTOMATE_CLIENT_ID: '',
      POWER_AUTOMATE_CLIENT_SECRET: '',
      POWER_AUTOMATE_TOKEN_ENDPOINT: '',
      POWER_AUTOMATE_BEARER_TOKEN: harness.emulator.bearerToken,
    };
    expect((await explain(['--flow-session', randomUUID()], nowhere)).code).toBe(3);
    expect((await explain(['some-workflow'], { TEMPORAL_ADDRESS: '127.0.0.1:1' })).code).toBe(3);
  },
  60_000,
);
