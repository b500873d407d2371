/** By one search an operator finds every line of a run, and by another those of a robot. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

const FLOW = { id: randomUUID(), name: 'Logged', duration: '200ms', ends: ['Faulted', 'Succeeded'] };
const taskQueue = `logs-${randomUUID()}`;

let emulator: Emulator;
let worker: WorkerProcess;
let connection: Connection;

beforeAll(async () => {
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    POWER_AUTOMATE_SETTLING_WINDOW: '1s',
    LOG_LEVEL: 'debug',
  });
}, 120_000);

afterAll(async () => {
  await worker?.end('SIGTERM');
  await connection?.close();
  await emulator?.close();
});

interface Line {
  msg: string;
  workflowId?: string;
  runId?: string;
  activityType?: string;
  flowSessionId?: string;
  robotAttempt?: number;
  attempt?: number;
}

const linesOf = (workflowId: string): Line[] =>
  worker
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.workflowId === workflowId);

it('says in every line of a run which run it is, and of its robots which robot', async () => {
  emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: FLOW.id });
  const workflowId = randomUUID();
  const handle = await new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [
      {
        flowId: FLOW.id,
        connectionName: 'logged',
        runMode: 'unattended',
        poll: { shared: false, initialInterval: 100 },
        retry: { initialInterval: 50 },
      },
    ],
    taskQueue,
    workflowId,
  });
  const { attempts } = (await handle.result()) as { attempts: { flowSessionId: string }[] };
  const ids = attempts.map(({ flowSessionId }) => flowSessionId);
  expect(ids).toHaveLength(2);
  const lines = await eventually(() => {
    const found = linesOf(workflowId);
    return found.some(({ msg }) => msg === 'Workflow completed') && found;
  });
  expect(lines.filter(({ runId }) => runId !== handle.firstExecutionRunId)).toEqual([]);
  // The SDK's first line of an activity comes before anybody has seen its input.
  const of = (type: string) =>
    lines.filter(({ activityType, msg }) => activityType === type && msg !== 'Activity started');

  const triggers = of('triggerFlowRun');
  expect(triggers.map(({ msg }) => msg)).toContain('The answer to a trigger was lost; looking for its robot');
  expect(new Set(triggers.map(({ robotAttempt }) => robotAttempt))).toEqual(new Set([1, 2]));
  const sessionsOf = (type: string) => new Set(of(type).map(({ flowSessionId }) => flowSessionId));
  expect(sessionsOf('triggerFlowRun')).toEqual(new Set([...ids, undefined]));
  expect(sessionsOf('getFlowRunStatus')).toEqual(new Set(ids));
  expect(sessionsOf('getFlowOutputs')).toEqual(new Set(ids.slice(1)));
});
