/** Other ways in which callers start a run: by update-with-start, and with encrypted payloads. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Client, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import { environmentSecrets } from '../../src/config/secrets';
import { clearTextsIn, Encryption } from '../helpers/encryption';
import { type Harness, startHarness, target } from '../helpers/harness';

const FIXTURES = path.join(__dirname, '..', 'workflows', 'fixtures');

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});

afterAll(() => harness.close());

const robotsOf = ({ flowId }: { flowId: string }) =>
  harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);

describe('update-with-start', () => {
  const ask = (input: unknown, workflowId: string) =>
    harness.client.workflow.executeUpdateWithStart('awaitFlowSession', {
      startWorkflowOperation: new WithStartWorkflowOperation('RunDesktopFlow', {
        args: [input],
        taskQueue: harness.taskQueue,
        workflowId,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    });

  it('with the same id twice starts one robot, and answers both with it', async () => {
    const input = harness.flow({ duration: '1h' });
    const workflowId = randomUUID();
    const answers = await Promise.all([ask(input, workflowId), ask(input, workflowId)]);
    expect(answers[0]).toEqual(answers[1]);
    expect(robotsOf(input)).toMatchObject([{ id: (answers[0] as { flowSessionId: string }).flowSessionId }]);
    await harness.client.workflow.getHandle(workflowId).cancel();
  });

  it('of a wrong input fails with the field', async () => {
    const failed = await ask({ ...harness.flow(), flowId: 'none' }, randomUUID()).catch(
      (error: WorkflowUpdateFailedError) => error,
    );
    expect(failed).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(failed).toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('flowId') },
    });
  });

  it('of a trigger that is refused fails with the refusal', async () => {
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: input.flowId });
    const failed = await ask(input, randomUUID()).catch((error: WorkflowUpdateFailedError) => error);
    expect(failed).toMatchObject({ cause: { type: 'DataverseForbidden' } });
    expect(robotsOf(input)).toEqual([]);
  });
});

const CLEAR_TEXTS = ['the-clear-question', 'the-clear-answer', 'the-clear-error', 'the-clear-connection'];

it('a payload codec on client and worker leaves no clear text in a history, failures included', async () => {
  const dataConverter: DataConverter = {
    payloadCodecs: [new Encryption()],
    failureConverterPath: path.join(FIXTURES, 'encoded-failures.ts'),
  };
  const taskQueue = randomUUID();
  const worker = await Worker.create({
    connection: harness.env.nativeConnection,
    taskQueue,
    workflowsPath: path.join(__dirname, '..', '..', 'src', 'workflows', 'index.ts'),
    activities: createActivities({
      ...target(harness.emulator),
      secrets: environmentSecrets({}),
      watcherTaskQueue: taskQueue,
    }),
    dataConverter,
  });
  const client = new Client({ connection: harness.client.connection, dataConverter });
  const good = harness.flow({ result: { Answer: 'the-clear-answer' } });
  const bad = harness.flow({ ends: { status: 'Failed', errorMessage: 'the-clear-error' } });
  await worker.runUntil(async () => {
    const start = (flow: object) =>
      client.workflow.start('RunDesktopFlow', {
        args: [
          { ...flow, connectionName: 'the-clear-connection', inputs: { Question: 'the-clear-question' } },
        ],
        taskQueue,
        workflowId: randomUUID(),
      });
    const [succeeded, failed] = [await start(good), await start(bad)];
    await expect(succeeded.result()).resolves.toMatchObject({ outputs: { Answer: 'the-clear-answer' } });
    await expect(failed.result()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('the-clear-error') },
    });
    for (const { workflowId } of [succeeded, failed]) {
      const history = await harness.client.workflow.getHandle(workflowId).fetchHistory();
      expect(clearTextsIn(history, CLEAR_TEXTS)).toEqual([]);
    }
  });
}, 60_000);
