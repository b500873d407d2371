/** The commands about runs that are there already, and those that ask Dataverse alone. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { FlowDefinition } from '../../src/testing/emulator';
import { type Stage, setStage } from '../helpers/command-stage';
import { eventually } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';

const QUICK: FlowDefinition = {
  id: randomUUID(),
  name: 'Enter invoice',
  duration: 0,
  inputs: { InvoiceNumber: 'string', Amount: { type: 'number', default: '1', description: 'Net' } },
  outputs: { Booking: 'string' },
  result: { Booking: 'B-{{inputs.InvoiceNumber}}' },
};
const FAILING: FlowDefinition = {
  id: randomUUID(),
  name: 'Failing',
  duration: 0,
  ends: [{ status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' }, 'Succeeded'],
};
const LONG: FlowDefinition = { id: randomUUID(), name: 'Long', duration: '1h' };
const DRAFT: FlowDefinition = { id: randomUUID(), name: 'Draft', duration: 0, published: false };

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    flows: {
      flows: [QUICK, FAILING, LONG, DRAFT],
      machines: [{ name: 'ROBOT-7', connections: ['robots'], sessions: 99 }],
    },
  });
}, 120_000);

afterAll(() => stage.close(), 60_000);

const target = ({ name }: FlowDefinition) => [
  '--flow',
  name,
  '--connection',
  'robots',
  '--mode',
  'unattended',
];
const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout);
const robotOf = (id: string) => stage.emulator.seen.sessions.find((session) => session.id === id);

/** Started by the client, which is quicker than a process. */
async function started({ id }: FlowDefinition, inputs: Record<string, unknown> = {}) {
  const workflowId = `runs-${randomUUID()}`;
  const run = await stage.flows.start(
    { flowId: id, connectionName: 'robots', runMode: 'unattended', inputs },
    { workflowId },
  );
  return { workflowId, run };
}

async function ended(flow: FlowDefinition, inputs: Record<string, unknown> = {}) {
  const { workflowId, run } = await started(flow, inputs);
  const outcome = await run.result();
  return { workflowId, run, outcome };
}

/** Ids that no run has. */
const NOBODY = ['watch', 'status', 'outputs', 'cancel', 'retry'].map((command) => [command]);

describe('desktop-flow', () => {
  it.each(sampleOf(NOBODY, 1, 3))('%s ends with 2 for a run that does not exist', async (command) => {
    const { code, stderr } = await stage.desktopFlow([command, 'nobody']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('Temporal has no workflow nobody in the namespace'),
    ]);
  });

  it('start returns once the robot is started; status, watch and cancel find it by its workflow id', async () => {
    const workflowId = `runs-${randomUUID()}`;
    const begun = await stage.desktopFlow(['start', ...target(LONG), '--workflow-id', workflowId, '--json']);
    expect(begun.code).toBe(0);
    const { flowSessionId } = json(begun);
    expect(json(begun)).toEqual({ workflowId, flowSessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });

    const status = await stage.desktopFlow(['status', workflowId, '--json']);
    expect(status.code).toBe(0);
    expect(json(status)).toMatchObject({
      workflowId,
      status: 'RUNNING',
      view: { phase: 'waiting', flowSessionId },
    });
    const outputs = await stage.desktopFlow(['outputs', workflowId]);
    expect([outputs.code, outputs.stderr]).toEqual([1, expect.stringContaining('is still under way')]);

    const watching = stage.spawn(['watch', workflowId]);
    await eventually(() => watching.log().includes('the robot runs on ROBOT-7'), 60_000);
    watching.child.kill('SIGINT');
    expect(await once(watching.child, 'close')).toEqual([5, null]);
    expect(robotOf(flowSessionId)?.status).toBe('Running');

    const cancelled = await stage.desktopFlow(['cancel', workflowId]);
    expect([cancelled.code, robotOf(flowSessionId)?.status]).toEqual([0, 'Cancelled']);
    expect(await stage.desktopFlow(['cancel', workflowId])).toMatchObject({ code: 1 });
    expect(await stage.desktopFlow(['watch', workflowId])).toMatchObject({ code: 4, stdout: '' });
  }, 120_000);

  itTakesLong('outputs and watch print what a robot has returned, long after its end', async () => {
    const { workflowId } = await ended(QUICK, { InvoiceNumber: '7' });
    const [outputs, watched, status] = await Promise.all([
      stage.desktopFlow(['outputs', workflowId, '--json']),
      stage.desktopFlow(['watch', workflowId]),
      stage.desktopFlow(['status', workflowId]),
    ]);
    expect([outputs.code, json(outputs)]).toEqual([0, { Booking: 'B-7' }]);
    expect([watched.code, watched.stdout]).toEqual([0, 'Booking = B-7\n']);
    expect(status.stdout).toContain(`${workflowId} is COMPLETED`);
  });

  it('retry runs a failed run again, with its input and its workflow id; one that succeeded, never', async () => {
    const { workflowId, outcome } = await ended(FAILING, { InvoiceNumber: '8' });
    expect(outcome.kind).toBe('failed');
    expect((await stage.desktopFlow(['outputs', workflowId])).code).toBe(1);
    const again = await stage.desktopFlow(['retry', workflowId, '--json']);
    expect([again.code, json(again).status]).toEqual([0, 'Succeeded']);
    const given = stage.emulator.seen.sessions.filter(({ flowId }) => flowId === FAILING.id);
    expect(given.map(({ inputs }) => inputs)).toEqual(Array(2).fill('{"InvoiceNumber":"8"}'));
    const refused = await stage.desktopFlow(['retry', workflowId]);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('succeeded: it is not run again'),
    ]);
  });

  itTakesLong('retry takes --force for a run whose robot may still be at work', async () => {
    const { workflowId, run } = await started(LONG);
    await run.session();
    await stage.client.workflow.getHandle(workflowId).terminate();
    expect(await stage.desktopFlow(['watch', workflowId])).toMatchObject({ code: 5 });
    const refused = await stage.desktopFlow(['retry', workflowId, '--detach']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('may still be at work')]);
    const forced = await stage.desktopFlow(['retry', workflowId, '--detach', '--force']);
    expect([forced.code, forced.stdout]).toEqual([0, `${workflowId}\n`]);
    await stage.flows.get(workflowId).cancel();
  });

  it('list finds runs by flow, status, error code and time', async () => {
    const flow = { ...FAILING, id: randomUUID(), name: `Failing ${randomUUID()}` };
    stage.emulator.addFlow(flow);
    const [failed, succeeded] = [await ended(flow), await ended(flow)];
    const list = async (...args: string[]) => {
      const answer = await stage.desktopFlow(['list', '--flow', flow.id, '--json', ...args]);
      return json(answer).map(({ workflowId }: { workflowId: string }) => workflowId);
    };
    await eventually(async () => (await list()).length === 2, 40_000);
    expect(await list()).toEqual([succeeded.workflowId, failed.workflowId]);
    expect(await list('--status', 'succeeded')).toEqual([succeeded.workflowId]);
    expect(await list('--error-code', 'AttendedUserNotLoggedIn', '--since', '1h')).toEqual([
      failed.workflowId,
    ]);
    expect(await list('--error-code', 'NoCandidateMachine')).toEqual([]);
    expect(await list('--until', '1h')).toEqual([]);
    expect(await list('--limit', '1')).toHaveLength(1);
    const shown = await stage.desktopFlow(['list', '--flow', flow.name]);
    expect(shown.stdout).toMatch(
      new RegExp(`^${failed.workflowId} +failed .* DesktopFlowFailed AttendedUserNotLoggedIn$`, 'm'),
    );

    const robots = await stage.desktopFlow([
      'list',
      '--direct',
      '--flow',
      flow.name,
      '--status',
      'failed',
      '--json',
    ]);
    expect(json(robots)).toEqual([
      expect.objectContaining({ status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' }),
    ]);
  }, 120_000);
});

describe('desktop-flow without Temporal', () => {
  const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const direct = (args: string[]) => stage.desktopFlow([...args, '--direct'], nowhere);

  itTakesLong('starts a robot, tells its status, prints its outputs', async () => {
    const begun = await direct(['start', ...target(QUICK), '--input', 'InvoiceNumber=9']);
    expect([begun.code, begun.stderr]).toEqual([0, '']);
    const id = begun.stdout.trim();
    await eventually(() => robotOf(id)?.status === 'Succeeded');
    const [status, outputs] = await Promise.all([direct(['status', id, '--json']), direct(['outputs', id])]);
    expect(json(status)).toMatchObject({ flowSessionId: id, status: 'Succeeded', statusCode: 4 });
    expect([outputs.code, outputs.stdout]).toEqual([0, 'Booking = B-9\n']);
  });

  it('stops a robot, and waits for its end', async () => {
    const { stdout } = await direct(['start', ...target(LONG), '--json']);
    const { flowSessionId } = JSON.parse(stdout);
    expect(await direct(['outputs', flowSessionId])).toMatchObject({ code: 1 });
    expect(await direct(['cancel', flowSessionId])).toMatchObject({ code: 0 });
    expect(robotOf(flowSessionId)?.status).toBe('Cancelled');
  });

  it('ends with 5 where the answer to a start was lost', async () => {
    stage.emulator.inject({ on: 'trigger', kind: 'lostAnswer' });
    const { code, stderr } = await direct(['start', ...target(QUICK), '--input', 'InvoiceNumber=1']);
    expect([code, stderr]).toEqual([5, expect.stringContaining('nobody knows whether a robot was started')]);
  });

  it.each([
    ['a run that does not exist', ['status', randomUUID()], 'Does Not Exist'],
    ['an id that is none', ['cancel', 'invoice-1'], 'must be that of a flow session'],
    [
      'what only a run keeps to',
      ['start', ...target(QUICK), '--deadline', '1h'],
      '--deadline does not go with --direct',
    ],
    [
      'a secret, which a worker resolves',
      ['start', ...target(QUICK), '--input', 'InvoiceNumber={{secrets.X}}'],
      '{{secrets.NAME}}',
    ],
  ])('ends with 2 for %s', async (_what, args, problem) => {
    const { code, stdout, stderr } = await direct(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
  });

  it('lists flows and machines, and tells the schema of a flow', async () => {
    const [flows, drafts, machines, schema] = await Promise.all([
      stage.desktopFlow(['flows'], nowhere),
      stage.desktopFlow(['flows', '--drafts', '--json'], nowhere),
      stage.desktopFlow(['machines'], nowhere),
      stage.desktopFlow(['schema', QUICK.name], nowhere),
    ]);
    expect(flows.stdout).toMatch(new RegExp(`^${QUICK.id}  Enter invoice$`, 'm'));
    expect(flows.stdout).not.toContain('Draft');
    expect(json(drafts)).toContainEqual({ flowId: DRAFT.id, name: 'Draft' });
    expect(machines.stdout).toMatch(/ROBOT-7 +\d+ s ago/);
    expect(schema.stdout).toMatch(/^Amount +number +default 1 +Net$/m);
    expect(schema.stdout).toMatch(/^InvoiceNumber +string +required/m);
  });
});
