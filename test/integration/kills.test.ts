/** Processes that die: the worker at each step of a run, Temporal's server, and both at once. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Emulator, type Fault, startEmulator } from '../../src/testing/emulator';
import { startDevServer } from '../../src/testing/temporal-servers';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { eventually, setUp } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { PROMPT_TIMERS } from '../helpers/prompt-timers';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';

jest.setTimeout(150_000);

const FLOW_ID = randomUUID();
const RESULT = { Booking: 'B-{{inputs.Invoice}}' };

let emulator: Emulator;
let environment: Record<string, string>;
let worker: WorkerProcess;
let connection: Connection;

beforeEach(async () => {
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  const flow = { id: FLOW_ID, name: 'Enter invoice', duration: '1s', result: RESULT };
  emulator = await startEmulator({ flows: { flows: [flow] } });
  environment = {
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: `kills-${randomUUID()}`,
    CALLBACK_BASE_URL: 'http://127.0.0.1:9/callbacks',
  };
});

afterEach(async () => {
  await worker.end('SIGKILL');
  await emulator.close();
  await connection.close();
});

const SHORT = { initialInterval: '200ms', maximumInterval: '1s' };

function start(Invoice: number, input: object = {}): Promise<WorkflowHandle> {
  const argument = {
    flowId: FLOW_ID,
    connectionName: `c-${Invoice}`,
    runMode: 'unattended',
    inputs: { Invoice },
  };
  return new Client({ connection }).workflow.start('RunDesktopFlow', {
    args: [{ ...argument, poll: SHORT, ...input }],
    taskQueue: environment.TEMPORAL_TASK_QUEUE ?? '',
    workflowId: randomUUID(),
  });
}

const seenWith = (kind: string, times = 1) =>
  eventually(
    () =>
      emulator.seen.requests.filter((seen) => seen.kind === kind && seen.faults.length > 0).length >= times,
  );

async function replaceWorker(): Promise<void> {
  await worker.end('SIGKILL');
  worker = await startWorker(environment);
}

describe('a worker that is killed', () => {
  it('while ten triggers are in flight starts ten robots for ten right results, within 90 seconds', async () => {
    emulator.inject({ on: 'trigger', kind: 'delay', duration: '2s', executed: true, times: 5 });
    emulator.inject({ on: 'trigger', kind: 'delay', duration: '2s', times: 5, after: 5 });
    worker = await startWorker(environment);
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const since = Date.now();
    const handles = await Promise.all(numbers.map((number) => start(number)));
    await eventually(() => emulator.seen.counts.trigger === 10);
    await replaceWorker();
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.map(({ outputs }) => outputs.Booking)).toEqual(numbers.map((number) => `B-${number}`));
    expect(emulator.seen.sessions).toHaveLength(10);
    expect(Date.now() - since).toBeLessThan(90_000);
  });

  const WHEN: [string, Fault, object?][] = [
    ['before the POST', { on: 'token', kind: 'delay', duration: '5s' }],
    ['in the POST', { on: 'trigger', kind: 'delay', duration: '3s' }],
    ['after the POST', { on: 'trigger', kind: 'delay', duration: '5s', executed: true }],
    ['in a look at the robot', { on: 'status', kind: 'hang' }, { shared: false }],
    ['in a look at many robots', { on: 'query', kind: 'hang' }],
    ['in the outputs', { on: 'outputs', kind: 'hang' }],
  ];

  it.each(sampleOf(WHEN, 2))('%s costs no robot and no result', async (_step, fault, poll = {}) => {
    environment.POWER_AUTOMATE_SETTLING_WINDOW = '5s';
    emulator.inject(fault);
    worker = await startWorker(environment);
    const handle = await start(7, { poll: { ...SHORT, ...poll } });
    await seenWith(fault.on);
    await replaceWorker();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { Booking: 'B-7' } });
    expect(emulator.seen.sessions).toHaveLength(1);
  });
});

describe("Temporal's server", () => {
  const WHICH: [string, boolean][] = [
    ['alone', false],
    ['together with the worker', true],
  ];

  it.each(sampleOf(WHICH, 1))('may be killed %s, and goes on from its database', async (_how, both) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'temporal-power-automate-'));
    const options = {
      own: true,
      ui: false,
      dynamicConfig: PROMPT_TIMERS,
      dbFilename: path.join(folder, 'temporal.db'),
      port: await freePort(),
    };
    let server = await startDevServer(options);
    const own = await Connection.connect({ address: server.address });
    await connection.close();
    connection = own;
    environment.TEMPORAL_ADDRESS = server.address;
    environment.POWER_AUTOMATE_SETTLING_WINDOW = '5s';
    try {
      emulator.inject({ on: 'trigger', kind: 'delay', duration: '3s', executed: true, times: 2 });
      worker = await startWorker(environment);
      const handles = await Promise.all([1, 2, 3].map((number) => start(number)));
      await eventually(() => emulator.seen.sessions.length === 3);
      await server.kill();
      if (both) await worker.end('SIGKILL');
      server = await startDevServer(options);
      if (both) worker = await startWorker(environment);
      const results = await Promise.all(
        handles.map((handle) => eventually(() => handle.result().catch(() => undefined), 100_000)),
      );
      expect(results.map(({ outputs }) => outputs.Booking)).toEqual(['B-1', 'B-2', 'B-3']);
      expect(emulator.seen.sessions).toHaveLength(3);
    } finally {
      await worker.end('SIGKILL');
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('a cancel', () => {
  const WHEN: [string, { fault?: Fault; input?: object; when: () => Promise<unknown> }][] = [
    [
      'while the robot runs',
      { when: () => eventually(() => emulator.seen.sessions[0]?.status === 'Running') },
    ],
    [
      'in the queue',
      {
        fault: { on: 'run', kind: 'ends', status: 'Waiting', duration: 0 },
        when: () => eventually(() => emulator.seen.sessions[0]?.status === 'Waiting'),
      },
    ],
    [
      'in the trigger',
      {
        fault: { on: 'trigger', kind: 'hang' },
        when: () => eventually(() => emulator.seen.counts.trigger === 1),
      },
    ],
    [
      'in the trigger whose robot starts late',
      {
        fault: { on: 'trigger', kind: 'delay', duration: '3s' },
        when: () => eventually(() => emulator.seen.counts.trigger === 1),
      },
    ],
    [
      'in the back-off',
      {
        fault: { on: 'run', kind: 'ends', status: 'Faulted', duration: 0 },
        input: { retry: { initialInterval: '1h' } },
        when: () => eventually(() => emulator.seen.sessions[0]?.status === 'Faulted'),
      },
    ],
  ];

  it.each(sampleOf(WHEN, 3))(
    '%s leaves no robot, and the workflow cancelled, within 20 seconds',
    async (_when, { fault, input, when }) => {
      const flow = { id: FLOW_ID, name: 'Enter invoice', duration: '1h' };
      emulator.addFlow(flow);
      if (fault) emulator.inject(fault);
      worker = await startWorker(environment);
      const handle = await start(1, input);
      await when();
      const since = Date.now();
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect(Date.now() - since).toBeLessThan(20_000);
      expect(emulator.seen.sessions.filter(({ completedOn }) => completedOn === undefined)).toEqual([]);
      expect(emulator.seen.sessions).toHaveLength(1);
    },
  );

  itTakesLong('reaches the robot of a trigger whose worker was killed', async () => {
    environment.POWER_AUTOMATE_SETTLING_WINDOW = '5s';
    emulator.addFlow({ id: FLOW_ID, name: 'Enter invoice', duration: '1h' });
    emulator.inject({ on: 'trigger', kind: 'hang' });
    worker = await startWorker(environment);
    const handle = await start(1);
    await eventually(() => emulator.seen.sessions.length === 1);
    await handle.cancel();
    await replaceWorker();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(emulator.seen.sessions).toMatchObject([{ status: 'Cancelled' }]);
  });

  itTakesLong('ends the run where the killed worker had started no robot', async () => {
    environment.POWER_AUTOMATE_SETTLING_WINDOW = '5s';
    emulator.inject({ on: 'trigger', kind: 'hang', executed: false });
    worker = await startWorker(environment);
    const handle = await start(1);
    await eventually(() => emulator.seen.counts.trigger === 1);
    await handle.cancel();
    await replaceWorker();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(emulator.seen.sessions).toEqual([]);
  });
});
