/** A trigger whose answer is lost starts one robot, and its run gets that robot's result. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { TriggerFlowRunInput } from '../../src/common/activities';
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { RunDesktopFlowResult } from '../../src/common/result';
import { environmentSecrets } from '../../src/config/secrets';
import type { Fault } from '../../src/testing/emulator/faults/faults';
import { eventually, type Harness, type HarnessOptions, startHarness, target } from '../helpers/harness';
import { itTakesLong, LONG, sampleOf } from '../helpers/long-tests';

const SETTLING_WINDOW_MS = 3000;

let harness: Harness;

async function start(
  options: HarnessOptions = {},
  callbackBaseUrl = 'http://127.0.0.1:9/callbacks',
  times = { requestTimeoutMs: 2000, settlingWindowMs: SETTLING_WINDOW_MS },
) {
  const connector = { ...times, callbackBaseUrl };
  harness = await startHarness({ connector, ...options });
}

afterEach(() => harness.close());

function sessionsOf({ flowId }: RunDesktopFlowInput) {
  return harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);
}

function triggersOf({ flowId }: RunDesktopFlowInput) {
  return harness.emulator.seen.requests.filter((seen) => seen.kind === 'trigger' && seen.flowId === flowId);
}

describe('a trigger whose answer is lost, with a callback base', () => {
  it('starts 20 robots for 20 runs, whatever became of the answers, and every run gets its own result', async () => {
    await start({ emulator: { visibilityDelay: '1500ms', limits: { startsPerMinute: 1000 } } });
    const input = harness.flow({ duration: '500ms', result: { Booking: 'B-{{inputs.Invoice}}' } });
    const { flowId } = input;
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 503, times: 3, flowId });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', times: 10, flowId });
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const runs = numbers.map((Invoice) =>
      harness.run({ ...input, connectionName: `c-${Invoice}`, inputs: { Invoice } }),
    );
    const results = await Promise.all(runs);
    expect(sessionsOf(input)).toHaveLength(20);
    expect(results.map(({ outputs }) => outputs)).toEqual(
      numbers.map((number) => ({ Booking: `B-${number}` })),
    );
    expect(new Set(results.map(({ flowSessionId }) => flowSessionId)).size).toBe(20);
    expect(results.every(({ attempts }) => attempts.length === 1)).toBe(true);
  });

  const FAULTS: [string, object][] = [
    ['the answer is lost', { kind: 'lostAnswer' }],
    ['the request is lost', { kind: 'lostRequest' }],
    ['the connection is reset after the robot was started', { kind: 'reset', executed: true }],
    ['the connection is reset before', { kind: 'reset' }],
    ['the answer never comes', { kind: 'hang' }],
    ['the request never arrives', { kind: 'hang', executed: false }],
    ['a 500 comes', { kind: 'status', httpStatus: 500 }],
    ['a 503 comes after the robot was started', { kind: 'status', httpStatus: 503, executed: true }],
    ['a 408 comes', { kind: 'status', httpStatus: 408, executed: true }],
    ['a gateway answers in HTML', { kind: 'html' }],
    ['the answer cannot be read', { kind: 'status', httpStatus: 200, body: '{"flowsess', executed: true }],
    ['the answer comes after the client has given up', { kind: 'delay', duration: '3s', executed: true }],
    ['the request is carried out after the client has given up', { kind: 'delay', duration: '4s' }],
  ];

  it.each(sampleOf(FAULTS, 0, 4, 10))('starts one robot when %s', async (_when, fault) => {
    await start();
    const input = harness.flow({ result: { Booking: 'B-1' } });
    harness.emulator.inject({ on: 'trigger', flowId: input.flowId, ...fault } as Fault);
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it.each(sampleOf(['0s', '700ms'], 1))(
    'stops the newer of two robots of one trigger, seen %s later, and says so',
    async (lag) => {
      await start({ emulator: { cancelDelay: '300ms' } });
      const input = harness.flow({ duration: '3s' });
      harness.emulator.inject({ on: 'trigger', kind: 'duplicate', lag, flowId: input.flowId });
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
      // Both on machines of their own, so that the newer one really runs.
      const { attempts, flowSessionId } = await harness.run(input);
      const sessions = sessionsOf(input);
      expect(sessions).toHaveLength(2);
      const [other] = sessions.filter(({ id }) => id !== flowSessionId);
      expect(other).toMatchObject({ status: 'Cancelled' });
      expect(attempts).toMatchObject([{ flowSessionId, status: 'Succeeded', duplicates: [other?.id] }]);
    },
  );

  const RUNS: [string, boolean][] = [
    ['of its run', false],
    ['of a run that is cancelled meanwhile', true],
  ];

  it.each(sampleOf(RUNS, 1))(
    'finds the robot %s, where the query is refused for longer than the window',
    async (_, isCancelled) => {
      await start();
      const input = harness.flow({ duration: isCancelled ? '1h' : '500ms', result: { ok: true } });
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 403, times: 'always' });
      const handle = await harness.start(input);
      const queries = () => harness.emulator.seen.requests.filter(({ kind }) => kind === 'query');
      await eventually(() =>
        queries().some(({ at }) => at > (queries()[0]?.at ?? at) + 2 * SETTLING_WINDOW_MS),
      );
      if (isCancelled) await handle.cancel();
      harness.emulator.clearFaults();
      if (isCancelled)
        await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      else await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
      expect(sessionsOf(input)).toMatchObject([{ status: isCancelled ? 'Cancelled' : 'Succeeded' }]);
    },
  );

  itTakesLong(
    'finds the robot of an id in capitals, and one of which the query is refused for a while',
    async () => {
      await start();
      const input = harness.flow();
      const { flowId } = input;
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId });
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 2, flowId });
      harness.emulator.inject({ on: 'query', kind: 'wrongCase', times: 'always' });
      const { flowSessionId } = await harness.run(input);
      expect(sessionsOf(input)).toMatchObject([{ id: flowSessionId }]);
    },
  );

  itTakesLong('takes a row that Dataverse shows twice for one robot, and does not stop it', async () => {
    await start();
    const input = harness.flow({ duration: '4s', result: { ok: true } });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', times: 1, flowId: input.flowId });
    harness.emulator.inject({ on: 'query', kind: 'duplicate', times: 2 });
    const { status, outputs, attempts } = await harness.run(input);
    expect({ status, outputs }).toEqual({ status: 'Succeeded', outputs: { ok: true } });
    expect(attempts).toEqual([expect.not.objectContaining({ duplicates: expect.anything() })]);
    expect(sessionsOf(input)).toHaveLength(1);
  });

  itTakesLong(
    'falls back on all runs of the flow where the column of the callback URL cannot be queried',
    async () => {
      await start();
      const input = harness.flow();
      const { flowId } = input;
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId });
      const before = harness.emulator.seen.counts.query;
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 400, times: 4, flowId });
      await expect(harness.run(input)).resolves.toMatchObject({ status: 'Succeeded' });
      expect(harness.emulator.seen.counts.query).toBeGreaterThan(before + 4);
      expect(sessionsOf(input)).toHaveLength(1);
    },
  );

  itTakesLong('does not start a robot again whose row it may not see', async () => {
    await start({ emulator: { privileges: 'user' } });
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    const { failure } = await harness.fail(input);
    expect(failure).toMatchObject({
      type: 'TriggerOutcomeUnknown',
      message: expect.stringContaining('Owner'),
    });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('passes a callback URL of the caller on untouched', async () => {
    await start();
    const input = { ...harness.flow(), callbackUrl: 'https://robots.invalid/done?of=a%20b' };
    await harness.run(input);
    expect(sessionsOf(input)).toMatchObject([{ callbackUrl: 'https://robots.invalid/done?of=a%20b' }]);
  });

  it('gives every robot a callback URL of its own below the base, which nobody can guess', async () => {
    await start();
    const input = harness.flow({ ends: ['Faulted', 'Succeeded'] });
    await harness.run(input);
    const urls = sessionsOf(input).map(({ callbackUrl }) => callbackUrl);
    expect(new Set(urls).size).toBe(2);
    for (const url of urls)
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:9\/callbacks\/[\da-f]{40}\.[\w-]+\.[\w-]{43}$/);
  });
});

describe('a trigger that was carried out', () => {
  it('has one robot, which its run knows, whatever status from 400 to 599 a gateway answers without a body', async () => {
    // So many at once may take long on their way to an emulator in the same process.
    const patient = { requestTimeoutMs: 20_000, settlingWindowMs: 30_000 };
    await start({ emulator: { limits: { startsPerMinute: 1000 } } }, undefined, patient);
    const all = Array.from({ length: 200 }, (_, index) => 400 + index);
    // One by one they are tested in test/dataverse/trigger.test.ts, without a workflow.
    const statuses = LONG ? all : all.filter((status) => status < 432 || status % 10 === 0 || status === 499);
    const runs = statuses.map(async (httpStatus) => {
      const input = harness.flow({ duration: '100ms', result: { ok: true } });
      const { flowId } = input;
      harness.emulator.inject({
        on: 'trigger',
        kind: 'status',
        httpStatus,
        executed: true,
        body: '',
        flowId,
      });
      const { outputs } = await harness.run(input);
      return { httpStatus, outputs, robots: sessionsOf(input).length };
    });
    expect(await Promise.all(runs)).toEqual(
      statuses.map((httpStatus) => ({ httpStatus, outputs: { ok: true }, robots: 1 })),
    );
  }, 120_000);
});

describe('a trigger whose answer is lost, without a callback base', () => {
  const isRight = (outcome: PromiseSettledResult<RunDesktopFlowResult>, number: number) =>
    outcome.status === 'fulfilled' && outcome.value.outputs?.Booking === `B-${number}`;
  const isUnknown = (outcome: PromiseSettledResult<RunDesktopFlowResult>) =>
    outcome.status === 'rejected' && outcome.reason.cause.type === 'TriggerOutcomeUnknown';

  it.each(sampleOf([1, 3], 1))(
    'of %d of 8 runs at once: no robot twice, no result of another run',
    async (lost) => {
      await start({ ownNamespace: true }, 'off');
      const input = harness.flow({ duration: '500ms', result: { Booking: 'B-{{inputs.Invoice}}' } });
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', times: lost, flowId: input.flowId });
      const numbers = Array.from({ length: 8 }, (_, index) => index);
      const outcomes = await Promise.allSettled(
        numbers.map((Invoice) => harness.run({ ...input, connectionName: `c`, inputs: { Invoice } })),
      );
      expect(sessionsOf(input)).toHaveLength(8);
      outcomes.forEach((outcome, number) => {
        expect(isRight(outcome, number) || isUnknown(outcome)).toBe(true);
      });
      // A lone lost answer leaves one row that nobody else owns.
      const right = outcomes.filter((outcome, number) => isRight(outcome, number));
      expect(right.length).toBeGreaterThanOrEqual(lost === 1 ? 8 : 5);
    },
  );

  it('adopts the only row that can be its own', async () => {
    await start({ ownNamespace: true }, 'off');
    const input = harness.flow({ result: { Booking: 'B-1' } });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    expect(sessionsOf(input)).toHaveLength(1);
  });

  itTakesLong('knows the robot that another run has found after its trigger was given up', async () => {
    let isFirst = true;
    const ours = () =>
      createActivities({
        ...target(harness.emulator),
        settlingWindowMs: SETTLING_WINDOW_MS,
        callbackBaseUrl: 'off',
        secrets: environmentSecrets({}),
      });
    // What the workflow sees of an attempt whose worker has died: in doubt, and its robot runs.
    const triggerFlowRun = async (argument: TriggerFlowRunInput) => {
      const started = await ours().triggerFlowRun(argument);
      if (!isFirst) return started;
      isFirst = false;
      throw ApplicationFailure.create({
        type: 'DataverseUnavailable',
        nonRetryable: false,
        details: [{ inDoubt: true }],
      });
    };
    await start({ ownNamespace: true, activities: { triggerFlowRun } }, 'off');
    const input = harness.flow({ duration: '1h' });
    const first = await harness.start(input);
    await first.executeUpdate('awaitFlowSession');
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    const second = await harness.start({ ...input, runMode: 'attended' });
    await expect(second.executeUpdate('awaitFlowSession')).resolves.toBeDefined();
    expect(sessionsOf(input)).toHaveLength(2);
    for (const run of [first, second]) await run.cancel();
  });

  it('starts the robot when nothing of it is to be seen', async () => {
    await start({ ownNamespace: true }, 'off');
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 503, flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ status: 'Succeeded' });
    expect(triggersOf(input)).toHaveLength(2);
    expect(sessionsOf(input)).toHaveLength(1);
  });

  it('does not take the robot of somebody else for its own', async () => {
    await start({ ownNamespace: true }, 'off');
    const input = harness.flow();
    harness.emulator.startForeignRun({ flowId: input.flowId });
    harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
    const { failure } = await harness.fail(input);
    expect(failure.type).toBe('TriggerOutcomeUnknown');
    expect(sessionsOf(input)).toHaveLength(1);
  });

  itTakesLong('does not take the robot that a workflow of somebody else has started', async () => {
    await start({ ownNamespace: true }, 'off');
    const input = harness.flow({ duration: '1h' });
    const { flowId, connectionName, runMode } = input;
    const taskQueue = `own-${harness.taskQueue}`;
    const theirs = await Worker.create({
      connection: harness.env.nativeConnection,
      namespace: harness.env.namespace,
      taskQueue,
      workflowsPath: path.join(__dirname, '..', 'workflows', 'fixtures', 'triggers-with-retries.ts'),
    });
    await theirs.runUntil(
      harness.client.workflow.execute('triggersWithRetries', {
        args: [harness.taskQueue, { flowId, connectionName, runMode }],
        taskQueue,
        workflowId: randomUUID(),
      }),
    );
    harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId });
    const handle = await harness.start(input);
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    expect(sessionsOf(input).map(({ id }) => id)).toEqual([expect.any(String), flowSessionId]);
    await handle.cancel();
  });

  itTakesLong('starts a robot again in doubt where the caller wants it', async () => {
    await start({ ownNamespace: true }, 'off');
    const input = { ...harness.flow(), onUnknownOutcome: 'startAgain' as const };
    harness.emulator.startForeignRun({ flowId: input.flowId });
    harness.emulator.inject({ on: 'trigger', kind: 'lostRequest', flowId: input.flowId });
    await expect(harness.run(input)).resolves.toMatchObject({ status: 'Succeeded' });
    expect(sessionsOf(input)).toHaveLength(2);
  });

  itTakesLong(
    'knows its robot by a callback URL that names its workflow, while others are being started',
    async () => {
      await start({ ownNamespace: true }, 'off');
      const flow = harness.flow({ duration: '500ms', result: { Booking: 'B-{{inputs.Invoice}}' } });
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', times: 3, flowId: flow.flowId });
      const runs = [1, 2, 3].map(async (Invoice) => {
        const workflowId = `invoice-${Invoice}-${flow.flowId}`;
        const input = { ...flow, inputs: { Invoice }, callbackUrl: `https://robots.invalid/${workflowId}` };
        return harness.client.workflow.execute('RunDesktopFlow', {
          args: [input],
          taskQueue: harness.taskQueue,
          workflowId,
        });
      });
      await expect(Promise.all(runs)).resolves.toMatchObject(
        [1, 2, 3].map((n) => ({ outputs: { Booking: `B-${n}` } })),
      );
      expect(sessionsOf(flow)).toHaveLength(3);
    },
  );
});
