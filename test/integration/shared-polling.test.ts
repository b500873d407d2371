/** Many runs, few requests: on the real dev server, over real HTTP. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { createActivities } from '../../src/activities';
import { isTerminal } from '../../src/common/status';
import { environmentSecrets } from '../../src/config/secrets';
import type { Fault } from '../../src/testing/emulator';
import { eventually, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';

/** Two looks a robot at the most, if each run looked by itself; no look of a run's own comes within a test. */
const SHARED = { poll: { initialInterval: '1s', maximumInterval: '1s', fallbackInterval: '10m' } };
const RESULT = { number: '{{inputs.number}}' };

let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({ sharedPolling: true, ownNamespace: true });
});

afterEach(() => harness.close());

async function watchers() {
  const found = [];
  for await (const workflow of harness.client.workflow.list({ query: "WorkflowType = 'WatchFlowRuns'" })) {
    found.push(workflow);
  }
  return found;
}

async function onlyWatcher(): Promise<WorkflowHandle> {
  const { workflowId } = await eventually(async () => (await watchers())[0]);
  return harness.client.workflow.getHandle(workflowId);
}

const closed = (handle: WorkflowHandle) =>
  eventually(async () => {
    const description = await handle.describe();
    return description.status.name !== 'RUNNING' && description;
  }, 30_000);

/** The session ids of all messages `forgetFlowRuns` to a watcher. */
async function forgotten(watcher: WorkflowHandle): Promise<string[]> {
  const { events } = await watcher.fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === 'forgetFlowRuns'
      ? JSON.parse(Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString())
      : [],
  );
}

/** Those that its history has, in their order. */
async function activitiesOf(handle: WorkflowHandle) {
  const { events } = await handle.fetchHistory();
  return events?.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType?.name] : [],
  );
}

const started = (input: { flowId: string }) =>
  eventually(() => harness.emulator.seen.sessions.find(({ flowId }) => flowId === input.flowId));

describe('shared polling', () => {
  itTakesLong(
    'keeps the runs of two namespaces apart, whose workers share one object of activities',
    async () => {
      const taskQueue = `test-${randomUUID()}`;
      const activities = createActivities({
        ...target(harness.emulator),
        watcherTaskQueue: taskQueue,
        secrets: environmentSecrets({}),
      });
      const options = { ownNamespace: true, taskQueue, activities: { ...activities } };
      const both = await Promise.all([startHarness(options), startHarness(options)]);
      try {
        const input = { ...harness.flow({ duration: '2s', result: { ok: true } }), ...SHARED };
        for (const [index, { run, client }] of both.entries()) {
          const connectionName = `connection-${index}`;
          await expect(run({ ...input, connectionName })).resolves.toMatchObject({ outputs: { ok: true } });
          const query = "WorkflowType = 'WatchFlowRuns'";
          await eventually(async () => (await client.workflow.count(query)).count === 1);
        }
      } finally {
        for (const { close } of both) await close();
      }
    },
  );

  it('asks for many robots with few requests, and each run gets its own result', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    const flow = harness.flow({ duration: '3s', result: RESULT, inputs: { number: 'number' } });
    const results = await Promise.all(
      numbers.map((number) =>
        harness.run({ ...flow, ...SHARED, connectionName: `connection-${number}`, inputs: { number } }),
      ),
    );
    expect(results.map(({ outputs }) => outputs?.number)).toEqual(numbers);
    const { counts, refused } = harness.emulator.seen;
    expect(counts.status + counts.query).toBeLessThan(numbers.length / 2);
    expect(refused).toEqual([]);
    expect(await eventually(async () => (await watchers()).length)).toBe(1);
  });

  itTakesLong('sends small outputs along, so that a run need not fetch them', async () => {
    const input = {
      ...harness.flow({ duration: '1s', result: RESULT, inputs: { number: 'number' } }),
      ...SHARED,
    };
    const handle = await harness.start({ ...input, inputs: { number: 7 } });
    await expect(handle.result()).resolves.toMatchObject({
      outputs: { number: 7 },
      attempts: [expect.not.objectContaining({ outputs: expect.anything() })],
    });
    expect(await activitiesOf(handle)).toEqual(['triggerFlowRun']);
    expect(harness.emulator.seen.counts.outputs).toBe(1);
  });

  itTakesLong('says of a robot without outputs that it left none', async () => {
    const handle = await harness.start({ ...harness.flow({ duration: '1s' }), ...SHARED });
    await expect(handle.result()).resolves.toMatchObject({ outputs: null });
    expect(await activitiesOf(handle)).toEqual(['triggerFlowRun']);
  });

  itTakesLong('leaves outputs to the run that are not small', async () => {
    const handle = await harness.start({
      ...harness.flow({ duration: '1s', resultSize: 100_000 }),
      ...SHARED,
    });
    const { outputs } = await handle.result();
    expect(JSON.stringify(outputs).length).toBeGreaterThan(99_000);
    expect(await activitiesOf(handle)).toEqual(['triggerFlowRun', 'getFlowOutputs']);
  });

  it.each(
    sampleOf(
      [
        ['are refused for a while', { kind: 'status', httpStatus: 503, times: 1 }],
        ['break off', { kind: 'reset', times: 1 }],
        ['are slow to come', { kind: 'delay', duration: '20s', times: 1 }],
      ],
      2,
    ),
  )('leaves outputs to the run that %s', async (_what, fault) => {
    const { flowId, ...input } = harness.flow({ duration: '1s', result: { ok: true } });
    harness.emulator.inject({ on: 'outputs', flowId, ...fault } as Fault);
    const handle = await harness.start({ flowId, ...input, ...SHARED });
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    expect(await activitiesOf(handle)).toEqual(['triggerFlowRun', 'getFlowOutputs']);
    const [session] = harness.emulator.seen.sessions;
    const { closeTime } = await handle.describe();
    expect((closeTime?.getTime() ?? 0) - (session?.completedOn ?? 0)).toBeLessThan(12_000);
  });

  itTakesLong('asks for no outputs of a run that has heard of the end by itself, and is over', async () => {
    const input = harness.flow({ duration: '1s', result: { ok: true } });
    const poll = { initialInterval: '4s', maximumInterval: '4s', fallbackInterval: '10m' };
    const handle = await harness.start({ ...input, poll });
    const reference = await handle.executeUpdate('awaitFlowSession');
    await eventually(() => harness.emulator.seen.sessions[0]?.completedOn);
    await handle.signal('desktopFlowCompleted', reference);
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    await closed(await onlyWatcher());
    expect(harness.emulator.seen.counts).toMatchObject({ outputs: 1, query: 1 });
  });

  it.each(
    sampleOf(
      [
        ['OutputsUnreadable', { resultText: 'no JSON' }],
        ['OutputsTooLarge', { resultSize: 3_000_000 }],
      ],
      1,
    ),
  )('has the run say what is the matter with its outputs: %s', async (type, result) => {
    const { failure } = await harness.fail({ ...harness.flow({ duration: '1s', ...result }), ...SHARED });
    expect(failure.type).toBe(type);
  });

  it('tells every end, with its codes', async () => {
    const flows = [
      harness.flow({ duration: '1s', ends: { status: 'Failed', errorCode: 'AttendedUserNotLoggedIn' } }),
      harness.flow({
        duration: '1s',
        ends: {
          status: 'Failed',
          errorCode: 'NoCandidateMachine',
          errorMessage: 'Sub-code: AttendedUserNotLoggedIn',
        },
      }),
      harness.flow({ duration: '1s', ends: 'Cancelled' }),
    ];
    const [failed, unplaced, cancelled] = await Promise.all(
      flows.map((flow) => harness.fail({ ...flow, ...SHARED, retry: { maximumAttempts: 1 } })),
    );
    expect(failed?.details).toMatchObject({ errorCode: 'AttendedUserNotLoggedIn' });
    expect(unplaced?.details).toMatchObject({ errorSubCode: 'AttendedUserNotLoggedIn' });
    expect(cancelled?.failure.type).toBe('DesktopFlowCancelled');
  });

  itTakesLong('starts a new robot after one that faulted, and watches that one too', async () => {
    const input = { ...harness.flow({ duration: '1s', ends: ['Faulted', 'Succeeded'] }), ...SHARED };
    const { attempts } = await harness.run(input);
    expect(attempts.map(({ status }) => status)).toEqual(['Faulted', 'Succeeded']);
  });

  it('watches a run that somebody else has started, from its first look on', async () => {
    const { flowId } = harness.flow({ duration: '3s', result: { ok: true } });
    const flowSessionId = harness.emulator.startForeignRun({ flowId });
    await expect(harness.run({ flowSessionId, ...SHARED })).resolves.toMatchObject({ outputs: { ok: true } });
  });

  itTakesLong('finds a row that appears late', async () => {
    const input = harness.flow({ duration: '1s', result: { ok: true } });
    harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '2500ms', flowId: input.flowId });
    await expect(harness.run({ ...input, ...SHARED })).resolves.toMatchObject({ outputs: { ok: true } });
  });

  itTakesLong('ends with a run that looks by itself when its watcher is killed', async () => {
    const poll = { initialInterval: '1s', maximumInterval: '1s', fallbackInterval: '3s' };
    const input = { ...harness.flow({ duration: '6s', result: { ok: true } }), poll };
    const handle = await harness.start(input);
    await started(input);
    await (await onlyWatcher()).terminate();
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
    const [session] = harness.emulator.seen.sessions;
    const { closeTime } = await handle.describe();
    expect((closeTime?.getTime() ?? 0) - (session?.completedOn ?? 0)).toBeLessThan(4_000);
  });

  itTakesLong('ends with a run that looks by itself when Dataverse answers no query', async () => {
    const input = { ...harness.flow({ duration: '1s' }), poll: { ...SHARED.poll, fallbackInterval: '3s' } };
    harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 'always' });
    harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 503, times: 1 });
    await expect(harness.run(input)).resolves.toMatchObject({ status: 'Succeeded' });
  });

  it('waits as long as it was told when one look is refused with 429, and disturbs no run', async () => {
    const flow = harness.flow({ duration: '1h' });
    const handles = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        harness.start({ ...flow, ...SHARED, connectionName: `connection-${index}` }),
      ),
    );
    await Promise.all(handles.map((handle) => handle.executeUpdate('awaitFlowSession')));
    harness.emulator.inject({ on: 'query', kind: 'throttle', retryAfterSeconds: 3 });
    const refused = await eventually(() =>
      harness.emulator.seen.requests.find(({ status }) => status === 429),
    );
    const afterwards = () => harness.emulator.seen.requests.filter(({ at }) => at > refused.at);
    const next = await eventually(() => afterwards()[0]);
    expect(next.kind).toBe('query');
    expect(next.at - refused.at).toBeGreaterThanOrEqual(3000);
    await eventually(() => afterwards().length >= 2);
    expect(afterwards().filter(({ kind }) => kind === 'status')).toEqual([]);
    for (const handle of handles) {
      const { events } = await handle.fetchHistory();
      expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([]);
    }
    await Promise.all(handles.map((handle) => handle.terminate()));
  });

  it('has each run look for itself when Dataverse refuses, and watch on when it does no longer', async () => {
    const input = harness.flow({ duration: '1h', result: { ok: true } });
    const handle = await harness.start({ ...input, ...SHARED });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 403, times: 'always' });
    harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 403, times: 'always' });
    await eventually(() =>
      harness.emulator.seen.requests.some(({ kind, status }) => kind === 'status' && status === 403),
    );
    harness.emulator.clearFaults();
    harness.emulator.setStatus(flowSessionId, 'Succeeded');
    await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
  });

  it('stops the robot of a run that is cancelled, which is no longer watched', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start({ ...input, ...SHARED });
    await handle.executeUpdate('awaitFlowSession');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(harness.emulator.seen.sessions).toMatchObject([{ status: 'Cancelled', cancelRequested: true }]);
    const signals = (await handle.fetchHistory()).events?.filter(
      ({ signalExternalWorkflowExecutionInitiatedEventAttributes: sent }) =>
        sent?.signalName === 'forgetFlowRuns',
    );
    expect(signals).toHaveLength(1);
  });

  itTakesLong('is told to forget the robot that a run leaves to itself at a limit', async () => {
    const flow = harness.flow({ duration: '1h' });
    const machine = { ...flow, ...SHARED };
    const first = await harness.start(machine);
    await first.executeUpdate('awaitFlowSession');
    const { failure, details } = await harness.fail({
      ...machine,
      queueTimeout: '2s',
      onQueueTimeout: 'leave',
    });
    expect(failure.message).toContain('was left to itself');
    await first.terminate();
    const signals = await forgotten(await onlyWatcher());
    expect(signals).toEqual([details.flowSessionId]);
  });

  itTakesLong('is told to forget the robot of a run that fails for good', async () => {
    const poll = { ...SHARED.poll, fallbackInterval: '1s' };
    const patience = { scheduleToCloseTimeout: '2s' };
    const handle = await harness.start({ ...harness.flow({ duration: '1h' }), poll, ...patience });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    harness.emulator.inject({ on: 'status', kind: 'status', httpStatus: 403, times: 'always' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'DataverseForbidden' } });
    expect(await forgotten(await onlyWatcher())).toEqual([flowSessionId]);
  });

  it('goes on in a new history when that of the watcher has become long', async () => {
    const input = harness.flow({ duration: '1h', result: { ok: true } });
    const handle = await harness.start({ ...input, ...SHARED });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    const watcher = await onlyWatcher();
    const { runId: first } = await watcher.describe();
    for (let sent = 0; sent < 2_000; sent += 100) {
      await Promise.all(Array.from({ length: 100 }, () => watcher.signal('watchFlowRuns', [])));
    }
    await eventually(async () => (await watcher.describe()).runId !== first);
    harness.emulator.setStatus(flowSessionId, 'Succeeded');
    await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
  });

  itTakesLong(
    'hands what is too much for one watcher to another, which is told too what to forget',
    async () => {
      const many = Array.from({ length: 1_200 }, () => ({
        flowSessionId: randomUUID(),
        workflowId: 'nobody',
        poll: { initialInterval: 3_600_000, maximumInterval: 3_600_000, backoffCoefficient: 1 },
      }));
      const first = await harness.start({ ...harness.flow({ duration: '1h' }), ...SHARED });
      await first.executeUpdate('awaitFlowSession');
      const watcher = await onlyWatcher();
      await watcher.signal('watchFlowRuns', many);
      const handle = await harness.start({
        ...harness.flow({ duration: '5s', result: { ok: true } }),
        ...SHARED,
      });
      await handle.executeUpdate('awaitFlowSession');
      const second = harness.client.workflow.getHandle(watcher.workflowId.replace(/0$/, '1'));
      await eventually(() => second.describe().catch(() => undefined));
      await expect(handle.result()).resolves.toMatchObject({ outputs: { ok: true } });
      const forgotten = many.map(({ flowSessionId }) => flowSessionId);
      await watcher.signal('forgetFlowRuns', forgotten);
      await first.cancel();
      await expect(first.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect((await closed(watcher)).status.name).toBe('COMPLETED');
      expect((await closed(second)).status.name).toBe('COMPLETED');
    },
    90_000,
  );

  itTakesLong('gives up a watcher that has nothing left to watch', async () => {
    await harness.run({ ...harness.flow({ duration: '1s' }), ...SHARED });
    expect((await closed(await onlyWatcher())).status.name).toBe('COMPLETED');
  });

  it('believes an end only of its own robot, and only an end', async () => {
    const input = harness.flow({ duration: '2s', result: { ok: true } });
    const handle = await harness.start({ ...input, ...SHARED });
    const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
    const other = '00000000-0000-4000-8000-000000000000';
    const outputs = { ok: false };
    await handle.signal('desktopFlowEnded', { flowSessionId: other, statusCode: 4, outputs });
    await handle.signal('desktopFlowEnded', { flowSessionId, statusCode: 2, outputs });
    await handle.signal('desktopFlowEnded', null);
    const result = await handle.result();
    expect(result).toMatchObject({ flowSessionId, status: 'Succeeded', outputs: { ok: true } });
    expect(isTerminal(result.statusCode)).toBe(true);
  });
});
