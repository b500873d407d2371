/** The worker process with PAYLOAD_ENCRYPTION_KEYS: what its runs leave behind, and keys that change while they wait. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { FlowDefinition } from '../../src/testing/emulator';
import { eventually } from '../helpers/harness';
import { reset } from '../helpers/resets';
import { keys, marksIn, newKey, type Stage, setStage } from './stage';

/** Words of what runs are given, of what they give back, and of what goes wrong with them. */
const MARKS = [
  'MarkInputName',
  'MarkInputValue',
  'MarkOutputName',
  'MarkOutputValue',
  'MarkConnection',
  'MarkErrorMessage',
  'MarkErrorDetails',
  'MarkAction',
  'MarkActionText',
  'MarkExpression',
  'MarkBatchValue',
  'MarkWrongField',
] as const;

const OLD = newKey('old');
const NEW = newKey('new');

const BEFORE = keys(OLD);
const MOVED = keys(NEW, OLD);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 90_000);

afterAll(() => stage.close());

function flow(definition: Partial<FlowDefinition> = {}) {
  const id = randomUUID();
  stage.emulator.addFlow({ name: 'Answer', duration: 0, ...definition, id });
  return {
    flowId: id,
    connectionName: `MarkConnection-${id}`,
    runMode: 'unattended',
    inputs: { MarkInputName: 'MarkInputValue' },
    retry: { maximumAttempts: 1 },
  };
}

const RESULT = { result: { MarkOutputName: 'MarkOutputValue' } };

const start = (input: object, withKeys: Record<string, string>, type = 'RunDesktopFlow') =>
  stage
    .client(withKeys)
    .workflow.start(type, { args: [input], taskQueue: stage.taskQueue, workflowId: randomUUID() });

const sessionsOf = ({ flowId }: { flowId: string }) =>
  stage.emulator.seen.sessions.filter((session) => session.flowId === flowId);

const isWaiting = (handle: WorkflowHandle) =>
  eventually(async () => {
    const view = await handle.query<{ phase: string }>('desktopFlowRun').catch(() => undefined);
    return view?.phase === 'waiting';
  }, 30_000);

it('leaves none of 12 marks in a history, the store or a log, and no run ends otherwise where keys change under it', async () => {
  // A run that began before anybody encrypted.
  let worker = await stage.worker({});
  const plainInput = {
    ...flow({ ...RESULT, duration: '1h' }),
    connectionName: 'plain',
    inputs: { Plain: 1 },
  };
  const plain = await start(plainInput, {});
  await isWaiting(plain);
  await worker.end('SIGTERM');

  worker = await stage.worker(BEFORE);
  const [longInput, resettable] = [flow({ ...RESULT, duration: '1h' }), flow({ ...RESULT, duration: '1h' })];
  const expression = { resultExpression: '"MarkExpression " + response.body.MarkOutputName' };
  const [long, before, ended] = await Promise.all([
    start(longInput, BEFORE),
    start(resettable, BEFORE),
    start({ ...flow(RESULT), ...expression }, BEFORE),
  ]);
  await Promise.all([isWaiting(long), isWaiting(before)]);
  await expect(ended.result()).resolves.toMatchObject({ result: 'MarkExpression MarkOutputValue' });
  await worker.end('SIGTERM');

  worker = await stage.worker(MOVED);
  const again = await reset(stage.client(MOVED), before);
  for (const input of [plainInput, longInput, resettable])
    for (const { id } of sessionsOf(input)) stage.emulator.setStatus(id, 'Succeeded');

  const failing = flow({
    ends: {
      status: 'Failed',
      errorCode: 'UnknownAction',
      errorMessage: 'MarkErrorMessage',
      errorDetails: 'MarkErrorDetails',
    },
    actionLog: { actions: [{ name: 'MarkAction', status: 'Failed', errorMessage: 'MarkActionText' }] },
  });
  const items = [flow(RESULT), flow({ ends: { status: 'Failed', errorMessage: 'MarkErrorMessage' } })].map(
    (item) => ({ ...item, inputs: { MarkInputName: 'MarkBatchValue' } }),
  );
  // Failures of activities, which the SDK logs by itself.
  const unreadable = flow({ resultText: 'MarkOutputValue is no JSON' });
  const unexpected = flow({ ...RESULT, inputs: { Other: 'string' } });
  const activitiesFail = [
    unreadable,
    { ...unexpected, checkInputs: true },
    { ...flow(RESULT), resultExpression: '= response.body.MarkOutputName[' },
  ].map(async (input) => (await start(input, MOVED)).result());
  const [failed, wrong, batch] = await Promise.all([
    start({ ...failing, explainFailures: true }, MOVED),
    start({ ...flow(), MarkWrongField: 'MarkWrongField' }, MOVED),
    start({ items }, MOVED, 'RunDesktopFlows'),
  ]);
  for (const end of await Promise.allSettled(activitiesFail)) expect(end.status).toBe('rejected');
  await expect(failed.result()).rejects.toMatchObject({
    cause: { type: 'DesktopFlowFailed', message: expect.stringContaining('MarkErrorMessage') },
  });
  await expect(wrong.result()).rejects.toMatchObject({
    cause: { message: expect.stringContaining('MarkWrongField') },
  });
  await expect(batch.result()).resolves.toMatchObject({ total: 2, succeeded: 1, failed: 1 });
  for (const handle of [plain, long, again]) {
    const read = stage.client(MOVED).workflow.getHandle(handle.workflowId);
    await expect(read.result()).resolves.toMatchObject({ outputs: { MarkOutputName: 'MarkOutputValue' } });
  }
  for (const input of [plainInput, longInput, resettable]) expect(sessionsOf(input)).toHaveLength(1);

  const outputOf = async (...args: string[]) => (await stage.desktopFlow(args, MOVED)).stdout;
  const outputs = await Promise.all([
    outputOf('outputs', ended.workflowId),
    outputOf('list', '--json'),
    outputOf('status', failed.workflowId),
    outputOf('explain', failed.workflowId),
  ]);
  for (const [index, mark] of [
    'MarkOutputValue',
    'UnknownAction',
    'MarkErrorMessage',
    'MarkActionText',
  ].entries())
    expect(outputs[index]).toContain(mark);

  // The search finds what is there: the input of the run that began in clear text.
  expect(marksIn(await stage.store(), ['Plain'])).toEqual(['Plain']);
  expect(marksIn(await stage.histories(), MARKS)).toEqual([]);
  expect(stage.logs()).toContain('"error":{"type":"InvalidInput"}');
  expect(marksIn(stage.logs(), MARKS)).toEqual([]);
  expect(marksIn(await stage.store(), MARKS)).toEqual([]);
}, 180_000);
