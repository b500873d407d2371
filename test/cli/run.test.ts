/** `desktop-flow run` as a process, against the real server, one worker process and the emulator. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FlowDefinition } from '../../src/testing/emulator';
import { type Stage, setStage } from '../helpers/command-stage';
import { eventually } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { CTRL_C, HAS_TERMINAL, type Terminal } from '../helpers/terminal';

const INVOICE: FlowDefinition = {
  id: randomUUID(),
  name: 'Enter invoice',
  duration: 0,
  inputs: {
    InvoiceNumber: 'string',
    Amount: 'number',
    Urgent: 'boolean',
    Note: { type: 'string', default: 'none' },
  },
  outputs: { Booking: 'string', Total: 'number' },
  result: { Booking: 'B-{{inputs.InvoiceNumber}}', Total: '{{inputs.Amount}}' },
};
const PASSING: FlowDefinition = { id: randomUUID(), name: 'Passing', duration: 0 };
const FAILING: FlowDefinition = {
  id: randomUUID(),
  name: 'Failing',
  duration: 0,
  ends: { status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' },
};
const LONG: FlowDefinition = { id: randomUUID(), name: 'Long', duration: '1h' };

const GIVEN = ['--input', 'InvoiceNumber=0042', '--input', 'Amount=80.5', '--input', 'Urgent=true'];

let stage: Stage;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'desktop-flow-run-'));
  stage = await setStage({
    flows: {
      flows: [INVOICE, PASSING, FAILING, LONG],
      machines: [{ name: 'ROBOT-7', connections: ['robots'], sessions: 9 }],
    },
  });
}, 120_000);

afterAll(async () => {
  await stage.close();
  await rm(folder, { recursive: true });
}, 60_000);

const target = (flow: FlowDefinition) => [
  '--flow',
  flow.name,
  '--connection',
  'robots',
  '--mode',
  'unattended',
];

const run = (args: string[], environment: Record<string, string> = {}) =>
  stage.desktopFlow(['run', ...args], environment);

/** What the robots of a flow were given. */
const sentTo = ({ id }: FlowDefinition) =>
  stage.emulator.seen.sessions
    .filter(({ flowId }) => flowId === id)
    .map(({ inputs }) => JSON.parse(inputs ?? '{}'));

const statusOf = (workflowId: string) =>
  stage.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(({ status }) => status.name);

/** As Dataverse has it. */
async function robotOf(workflowId: string) {
  const { flowSessionId } = await stage.flows.get(workflowId).view();
  return stage.emulator.seen.sessions.find(({ id }) => id === flowSessionId)?.status;
}

describe('desktop-flow run', () => {
  it('runs a flow by its name, gives inputs the types of its schema, and prints its outputs', async () => {
    const { code, stdout, stderr } = await run([...target(INVOICE), ...GIVEN]);
    expect([code, stdout]).toEqual([0, 'Booking = B-0042\nTotal = 80.5\n']);
    expect(stderr).toMatch(/^The run is the workflow desktop-flow-[0-9a-f-]{36}\.$/m);
    expect(stderr).toMatch(/^The robot succeeded after \d+ s\.$/m);
    expect(sentTo(INVOICE).at(-1)).toEqual({ InvoiceNumber: '0042', Amount: 80.5, Urgent: true });
  });

  it('takes inputs from a file, from standard input and from --input, which counts most', async () => {
    const inputs = path.join(folder, 'inputs.json');
    const note = path.join(folder, 'note.txt');
    await writeFile(inputs, '\uFEFF{"InvoiceNumber": "1", "Amount": 2, "Urgent": false}');
    await writeFile(note, 'two\nlines=1');
    const args = ['--inputs', inputs, '--input', 'Amount=3', '--input', `Note=@${note}`];
    expect(await run([...target(INVOICE), ...args])).toMatchObject({ code: 0 });
    const fromFile = { InvoiceNumber: '1', Amount: 3, Urgent: false, Note: 'two\nlines=1' };
    expect(sentTo(INVOICE).at(-1)).toEqual(fromFile);

    const { child } = stage.spawn(['run', ...target(INVOICE), '--inputs', '-', '--input', 'Note=@@x']);
    child.stdin?.end('{"InvoiceNumber": "9", "Amount": 1e3, "Urgent": true}');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(sentTo(INVOICE).at(-1)).toEqual({ InvoiceNumber: '9', Amount: 1000, Urgent: true, Note: '@x' });
  });

  itTakesLong('with --json has the result object of the workflow alone on standard output', async () => {
    const workflowId = `run-${randomUUID()}`;
    const { code, stdout } = await run([...target(INVOICE), ...GIVEN, '--json', '--workflow-id', workflowId]);
    expect(code).toBe(0);
    const result = await stage.client.workflow.getHandle(workflowId).result();
    expect(JSON.parse(stdout)).toEqual(result);
    expect(result).toMatchObject({ outputs: { Booking: 'B-0042', Total: 80.5 }, status: 'Succeeded' });
  });

  it('ends with 1 where the robot ended badly; with --json the details of the failure are what is printed', async () => {
    const workflowId = `run-${randomUUID()}`;
    const args = [...target(FAILING), '--json', '--workflow-id', workflowId];
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(1);
    const outcome = await stage.flows.get(workflowId).result();
    if (outcome.kind !== 'failed') throw new Error(`it ended as ${outcome.kind}`);
    expect(outcome.details).toMatchObject({ statusCode: 8, errorCode: 'AttendedUserNotLoggedIn' });
    expect(JSON.parse(stdout)).toEqual({
      type: 'DesktopFlowFailed',
      message: outcome.message,
      ...outcome.details,
    });
    expect(stderr).toContain('DesktopFlowFailed: The desktop flow ended as Failed');
  });

  const WRONG: [string, string[], string][] = [
    ['a number that is none', ['Amount=eighty'], '--input Amount must be a number'],
    ['a truth that is none', ['Urgent=yes'], '--input Urgent must be true or false'],
    [
      'a name that is unknown',
      ['Ammount=80'],
      '--input Ammount is not an input of this flow; did you mean Amount?',
    ],
    ['an input that is missing', [], '--input InvoiceNumber is required: the flow has no default for it'],
    [
      'a secret for a number',
      ['Amount={{secrets.X}}'],
      '--input Amount must be a number, and a secret is always a text',
    ],
  ];

  it.each(sampleOf(WRONG, 2))(
    'says %s before anything starts, and ends with 2',
    async (_what, inputs, problem) => {
      const before = stage.emulator.seen.counts.trigger;
      const workflowId = `run-${randomUUID()}`;
      const args = inputs.flatMap((input) => ['--input', input]);
      const { code, stdout, stderr } = await run([...target(INVOICE), ...args, '--workflow-id', workflowId]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('nothing was started, the command line is wrong:');
      expect(stderr).toContain(`\n  ${problem}\n`);
      await expect(statusOf(workflowId)).rejects.toThrow('not found');
      expect(stage.emulator.seen.counts.trigger).toBe(before);
    },
  );

  it('names everything that is wrong at once, by the option to change', async () => {
    const { code, stderr } = await run(['--flow', INVOICE.name, '--input', 'Amount=x', '--timeout', '48h']);
    expect(code).toBe(2);
    for (const wrong of [
      '--connection is required',
      '--mode is required',
      '--timeout must be',
      '--input Amount must be',
    ])
      expect(stderr).toContain(`\n  ${wrong}`);
  });

  it.each([
    ['an unknown flow, with the nearest name', ['--flow', 'Enter invoce'], "did you mean 'Enter invoice'?"],
    ['an id of no flow', ['--flow', randomUUID()], 'Dataverse shows no desktop flow'],
    ['an input without =', [...target(PASSING), '--input', 'Amount'], '--input must be name=value'],
    [
      'an input that is given twice',
      [...target(PASSING), '--input', 'A=1', '--input', 'A=2'],
      '--input A is given twice',
    ],
    [
      'a duration without a unit',
      [...target(PASSING), '--deadline', '600'],
      'must be a duration such as 90s',
    ],
    ['a mode that is none', ['--mode', 'alone'], 'Allowed choices are attended, unattended'],
    [
      'a file that is not there',
      [...target(PASSING), '--inputs', '/nowhere.json'],
      '/nowhere.json cannot be read',
    ],
    [
      'a file that is no JSON object',
      [...target(PASSING), '--inputs', __filename],
      '--inputs must hold one JSON object',
    ],
  ])('ends with 2 for %s', async (_what, args, problem) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });

  itTakesLong('keeps inputs as texts where no schema can be read, and says so', async () => {
    const { POWER_AUTOMATE_ORGANIZATION_URI: _unset, ...environment } = stage.environment;
    const args = [
      '--flow',
      PASSING.id,
      '--connection',
      'robots',
      '--mode',
      'unattended',
      '--input',
      'Amount=080',
    ];
    const { code, stderr } = await stage.desktopFlow(['run', ...args], {
      ...environment,
      POWER_AUTOMATE_ORGANIZATION_URI: '',
    });
    expect(code).toBe(0);
    expect(stderr).toContain(
      'not checked, and --input is sent as a text: POWER_AUTOMATE_ORGANIZATION_URI is not set',
    );
    expect(sentTo(PASSING).at(-1)).toEqual({ Amount: '080' });

    stage.emulator.inject({ kind: 'status', httpStatus: 403, on: 'schema' });
    const refused = await run([...args.slice(0, -1), 'Amount=081']);
    expect(refused.code).toBe(0);
    expect(refused.stderr).toContain('--input is sent as a text: ');
    expect(sentTo(PASSING).at(-1)).toEqual({ Amount: '081' });
  });

  it('ends with 3 where Temporal, or Dataverse for the name of a flow, cannot be reached', async () => {
    const [temporal, dataverse] = await Promise.all([
      run(target(PASSING), { TEMPORAL_ADDRESS: '127.0.0.1:1' }),
      run(target(PASSING), { POWER_AUTOMATE_ORGANIZATION_URI: 'http://127.0.0.1:1' }),
    ]);
    expect([temporal.code, dataverse.code]).toEqual([3, 3]);
    expect(temporal.stderr).toContain('no connection to Temporal at 127.0.0.1:1');
  }, 30_000);

  itTakesLong('ends with 5 where nobody knows whether a robot was started', async () => {
    // Two robots of somebody else: nobody can tell after the error whether one is ours.
    for (const _one of [1, 2])
      stage.emulator.startForeignRun({ flowId: PASSING.id, connectionName: 'robots' });
    stage.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 500 });
    const { code, stdout } = await run([...target(PASSING), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'TriggerOutcomeUnknown', attempts: [] });
    expect(code).toBe(5);
  });

  itTakesLong('does not start a second run of one workflow id', async () => {
    const workflowId = `run-${randomUUID()}`;
    const args = [...target(LONG), '--workflow-id', workflowId, '--detach'];
    expect(await run(args)).toMatchObject({ code: 0, stdout: `${workflowId}\n` });
    const { code, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`a workflow ${workflowId} is under way: nothing was started`);
    await stage.flows.get(workflowId).cancel();
  });

  it('without a terminal says what the robot does in lines, with its machine', async () => {
    const workflowId = `run-${randomUUID()}`;
    const { child, log } = stage.spawn(['run', ...target(LONG), '--workflow-id', workflowId]);
    await eventually(() => /^the robot runs on ROBOT-7 since \d\d:\d\d:\d\d$/m.test(log()), 60_000);
    await stage.flows.get(workflowId).cancel();
    expect(await once(child, 'close')).toEqual([4, null]);
    expect(log()).toContain(`The run ${workflowId} was cancelled.`);
    for (const moving of ['\r', '\u001B']) expect(log()).not.toContain(moving);
  });

  itTakesLong('says that no worker is there', async () => {
    const queue = `none-${randomUUID()}`;
    const { child, log } = stage.spawn(['run', ...target(PASSING)], { TEMPORAL_TASK_QUEUE: queue });
    await eventually(() => log().includes(`no worker polls the task queue ${queue}`), 30_000);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([5, null]);
  });
});

describe('an interrupt of desktop-flow run without a terminal', () => {
  const interrupted = async (signal: NodeJS.Signals, args: string[] = []) => {
    const workflowId = `run-${randomUUID()}`;
    const { child, log } = stage.spawn(['run', ...target(LONG), '--workflow-id', workflowId, ...args]);
    await eventually(() => log().includes('the robot runs'), 60_000);
    child.kill(signal);
    const [code] = await once(child, 'close');
    return { code, log: log(), workflowId, run: stage.flows.get(workflowId) };
  };

  it.each(sampleOf(['SIGINT', 'SIGTERM'], 0))(
    '%s leaves the robot, and says how to stop it',
    async (signal) => {
      const { code, log, workflowId, run } = await interrupted(signal);
      expect(code).toBe(5);
      expect(log).toContain(`desktop-flow cancel ${workflowId}   to stop it`);
      expect(await robotOf(workflowId)).toBe('Running');
      await run.cancel();
    },
  );

  itTakesLong('with --on-interrupt stop stops the robot, and waits for its end', async () => {
    const { code, run, workflowId } = await interrupted('SIGTERM', ['--on-interrupt', 'stop']);
    expect(code).toBe(4);
    expect(await run.result()).toEqual({ kind: 'cancelled' });
    expect(await robotOf(workflowId)).toBe('Cancelled');
  });
});

(HAS_TERMINAL ? describe : describe.skip)('Ctrl-C in desktop-flow run', () => {
  const QUESTION = 'Stop the robot?';
  let terminal: Terminal;
  let workflowId: string;

  beforeEach(async () => {
    workflowId = `run-${randomUUID()}`;
    terminal = stage.terminal(['run', ...target(LONG), '--workflow-id', workflowId]);
    await terminal.sees('the robot runs on ROBOT-7 since');
    terminal.type(CTRL_C);
    await terminal.sees(QUESTION);
  }, 60_000);

  afterEach(async () => {
    const handle = stage.client.workflow.getHandle(workflowId);
    if ((await handle.describe()).status.name === 'RUNNING') await handle.cancel();
  });

  const robotIs = () => robotOf(workflowId);

  it('answered with y stops the robot, and ends with 4 once it has ended', async () => {
    terminal.type('y\r');
    expect(await terminal.ended()).toBe(4);
    expect(terminal.shown()).toContain(`The run ${workflowId} was cancelled.`);
    expect([await statusOf(workflowId), await robotIs()]).toEqual(['CANCELLED', 'Cancelled']);
  });

  itTakesLong('answered with n leaves the robot at work, and ends with 5', async () => {
    terminal.type('n\r');
    expect(await terminal.ended()).toBe(5);
    expect(terminal.shown()).toContain(`desktop-flow watch ${workflowId}    to wait for its end`);
    expect([await statusOf(workflowId), await robotIs()]).toEqual(['RUNNING', 'Running']);
  });

  itTakesLong('answered with Enter waits on, and asks again at the next Ctrl-C', async () => {
    terminal.type('\r');
    const before = terminal.shown().length;
    await eventually(() => terminal.shown().slice(before).includes('the robot runs'));
    expect([await statusOf(workflowId), await robotIs()]).toEqual(['RUNNING', 'Running']);
    terminal.type(CTRL_C);
    await eventually(() => terminal.shown().slice(before).includes(QUESTION));
    terminal.type('n\r');
    expect(await terminal.ended()).toBe(5);
  });

  itTakesLong('twice leaves the robot at work', async () => {
    terminal.type(CTRL_C);
    expect(await terminal.ended()).toBe(5);
    expect([await statusOf(workflowId), await robotIs()]).toEqual(['RUNNING', 'Running']);
  });

  itTakesLong('while the robot is being stopped does not wait for its end', async () => {
    stage.emulator.inject({ kind: 'status', httpStatus: 503, on: 'cancel', times: 'always' });
    terminal.type('y\r');
    await terminal.sees('Asked to stop the robot.');
    terminal.type(CTRL_C);
    expect(await terminal.ended()).toBe(5);
    expect(terminal.shown()).toContain('The robot is being stopped, and nobody waits for it here');
    stage.emulator.clearFaults();
    await eventually(async () => (await statusOf(workflowId)) === 'CANCELLED', 40_000);
  });

  itTakesLong('asks no longer once the robot has ended by itself', async () => {
    await stage.flows.get(workflowId).cancel();
    expect(await terminal.ended()).toBe(4);
  });
});
