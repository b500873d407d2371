/** What the example of every language shows, against a real server, the emulator and the worker as a process. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { ensureEndpoint } from '../../src/nexus/endpoint';
import { type Emulator, type FlowDefinition, startEmulator } from '../../src/testing/emulator';
import { eventually, newNamespace, setUp } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { type Program, runExample, type ToldEvent } from './program';

const BOOKING = { Booking: 'B-{{inputs.Invoice}}' };
const NEVER_ENDS = { duration: '1h' };
const PREPARED_WITHIN_MS = 900_000;
/** A lost answer without a key is unknown after this window, which a minute of the default would not fit in a test. */
const SETTLING_WINDOW = '2s';

export interface ExampleOptions {
  /** Its programs take seconds to start: `npm test` has the first few promises alone. @default false */
  isSlow?: boolean;
}

export function itKeepsThePromisesOfAnExample(
  prepare: () => Promise<Program>,
  { isSlow = false }: ExampleOptions = {},
): void {
  const itTakesItsTime = isSlow ? itTakesLong : it;

  const taskQueue = `example-${randomUUID()}`;
  let connection: Connection;
  let program: Program;
  let emulator: Emulator;
  let worker: WorkerProcess;

  beforeAll(async () => {
    program = await prepare();
    connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
    emulator = await startEmulator();
    worker = await startWorker({
      ...emulator.environment,
      TEMPORAL_TASK_QUEUE: taskQueue,
      CALLBACK_BASE_URL: 'off',
      POWER_AUTOMATE_SETTLING_WINDOW: SETTLING_WINDOW,
    });
  }, PREPARED_WITHIN_MS);

  afterAll(async () => {
    await worker?.end('SIGKILL');
    await emulator?.close();
    await connection?.close();
  });

  function flow(definition: Partial<FlowDefinition> = {}) {
    const id = randomUUID();
    emulator.addFlow({ name: 'Enter invoice', duration: '500ms', ...definition, id });
    return { flowId: id, connectionName: `invoices-${id}`, runMode: 'unattended', inputs: { Invoice: 4711 } };
  }

  type Command = [string, ...(string | object)[]];
  const exampleIn = (
    environment: Record<string, string>,
    command: Command,
    onEvent?: (event: ToldEvent) => void,
  ) =>
    runExample(
      program,
      command.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))),
      { TEMPORAL_ADDRESS: setUp('TEST_TEMPORAL_ADDRESS'), TEMPORAL_TASK_QUEUE: taskQueue, ...environment },
      onEvent,
    );
  const example = (...command: Command) => exampleIn({}, command);
  const robots = (...inputs: { flowId: string }[]) =>
    emulator.seen.sessions.filter((session) => inputs.some(({ flowId }) => flowId === session.flowId));
  const ONE_ROBOT = { maximumAttempts: 1 };

  it('runs a robot, and tells its session, its live view and its result', async () => {
    const input = flow({ ...NEVER_ENDS, result: BOOKING });
    // Ended once it was looked at: on a busy machine, a short robot may end before.
    const told = await exampleIn({}, ['run', input], ({ event }) => {
      if (event !== 'view') return;
      for (const { id } of robots(input)) emulator.setStatus(id, 'Succeeded');
    });
    const [{ id: flowSessionId } = {}] = robots(input);
    expect(told).toMatchObject({
      code: 0,
      events: [
        { event: 'started', flowSessionId },
        { event: 'view', phase: 'waiting', flowSessionId, attempt: 1 },
        { event: 'succeeded', outputs: { Booking: 'B-4711' }, seconds: expect.any(Number), robots: 1 },
      ],
    });
    expect(robots(input)).toMatchObject([{ status: 'Succeeded' }]);
  });

  it('tells a robot that faulted from a robot of which nobody knows whether it was started', async () => {
    const ends = { status: 'Faulted', errorCode: 'E-1', errorMessage: 'The machine was lost.' } as const;
    const faulted = await example('run', { ...flow({ ends }), retry: ONE_ROBOT });
    expect(faulted).toMatchObject({
      code: 1,
      events: [
        { event: 'started' },
        { event: 'view' },
        {
          event: 'faulted',
          origin: 'desktopFlow',
          errorCode: 'E-1',
          errorMessage: expect.stringContaining('The machine was lost.'),
          robots: 1,
        },
      ],
    });
    const input = flow();
    emulator.startForeignRun({ flowId: input.flowId });
    emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
    const unknown = await example('run', input);
    expect(unknown).toMatchObject({ code: 1, events: [{ event: 'unknown', robots: 0 }] });
    expect(robots(input)).toHaveLength(1);
  });

  it('cancels a run, which stops its robot', async () => {
    const input = flow(NEVER_ENDS);
    const told = await example('cancel', input);
    expect(told).toMatchObject({ code: 0, events: [{ event: 'started' }, { event: 'cancelled' }] });
    expect(robots(input)).toMatchObject([{ status: 'Cancelled', cancelRequested: true }]);
  });

  itTakesItsTime('has a Schedule start a robot, and skip the starts that come while it works', async () => {
    const scheduleId = `invoices-${randomUUID()}`;
    const input = flow({ result: BOOKING });
    const told = await example('schedule', scheduleId, input);
    expect(told).toMatchObject({ code: 0, events: [{ event: 'scheduled', scheduleId }] });
    const handle = new Client({ connection }).schedule.getHandle(scheduleId);
    try {
      await eventually(() => robots(input).some(({ status }) => status === 'Succeeded'));
      await expect(handle.describe()).resolves.toMatchObject({
        policies: { overlap: 'SKIP' },
        spec: { intervals: [{ every: 3_600_000 }] },
      });
      expect(robots(input)).toHaveLength(1);
    } finally {
      await handle.delete();
    }
  });

  itTakesItsTime(
    'calls the single operations from a workflow of its own, which stops a robot that takes too long',
    async () => {
      const [quick, slow] = [flow({ result: BOOKING }), flow(NEVER_ENDS)];
      const done = await example('activities', '60', quick);
      expect(done).toMatchObject({
        code: 0,
        events: [{ event: 'succeeded', outputs: { Booking: 'B-4711' } }],
      });
      const stopped = await example('activities', '1', slow);
      expect(stopped).toMatchObject({ code: 1, events: [{ event: 'failed' }] });
      await eventually(() => robots(slow).some(({ status }) => status === 'Cancelled'));
      expect(robots(quick, slow).map(({ status }) => status)).toEqual(['Succeeded', 'Cancelled']);
    },
  );

  itTakesItsTime(
    'calls the Nexus operation from another namespace, and tells how its run failed',
    async () => {
      const endpoint = `robots-${randomUUID()}`;
      const target = { endpoint, namespace: 'default', taskQueue };
      await expect(ensureEndpoint(connection.operatorService, target)).resolves.toBe('created');
      const TEMPORAL_NAMESPACE = await newNamespace(setUp('TEST_TEMPORAL_ADDRESS'));
      const booked = flow({ result: BOOKING });
      const done = await exampleIn({ TEMPORAL_NAMESPACE }, ['nexus', endpoint, booked]);
      expect(done).toMatchObject({
        code: 0,
        events: [{ event: 'succeeded', outputs: { Booking: 'B-4711' } }],
      });
      const faulted = { ...flow({ ends: { status: 'Faulted' } }), retry: ONE_ROBOT };
      const failed = await exampleIn({ TEMPORAL_NAMESPACE }, ['nexus', endpoint, faulted]);
      expect(failed).toMatchObject({ code: 1, events: [{ event: 'failed', type: 'DesktopFlowFaulted' }] });
      expect(robots(booked, faulted).map(({ status }) => status)).toEqual(['Succeeded', 'Faulted']);
    },
  );

  itTakesItsTime('starts a robot by a standalone activity', async () => {
    const input = flow();
    const told = await example('standalone', input);
    const [{ id: flowSessionId } = {}] = robots(input);
    expect(told).toMatchObject({ code: 0, events: [{ event: 'started', flowSessionId }] });
    expect(robots(input)).toHaveLength(1);
  });
}
