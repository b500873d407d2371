/** An operator resets runs: no robot is started again, none is lost, and none is left running after a cancel. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { RunDesktopFlowInput } from '../../src/common/input';
import type { DesktopFlowRunView } from '../../src/common/messages';
import { environmentSecrets } from '../../src/config/secrets';
import { workflowBundle } from '../helpers/bundle';
import { eventually, failureOf, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { reset } from '../helpers/resets';

const SETTLING_WINDOW_MS = 2500;

const connector = (callbackBaseUrl: string) => ({
  requestTimeoutMs: 2000,
  settlingWindowMs: SETTLING_WINDOW_MS,
  callbackBaseUrl,
});

const KEYED = 'http://127.0.0.1:9/callbacks';

let harness: Harness;

const robotsOf = ({ flowId }: RunDesktopFlowInput) =>
  harness.emulator.seen.sessions.filter((session) => session.flowId === flowId);
const idsOf = (input: RunDesktopFlowInput) => robotsOf(input).map(({ id }) => id);

/** @returns the flow session of the attempt, once it waits for its robot. */
function waiting(handle: WorkflowHandle, attempt = 1): Promise<string> {
  return eventually(async () => {
    const view = await handle.query<DesktopFlowRunView>('desktopFlowRun').catch(() => undefined);
    const isThere = view?.phase === 'waiting' && view.attempt === attempt;
    return isThere && (view.flowSessionId ?? undefined);
  });
}

describe.each([
  ['a key travels', KEYED],
  ['no key travels', 'off'],
])('where %s', (_, callbackBaseUrl) => {
  beforeAll(async () => {
    harness = await startHarness({ ownNamespace: true, connector: connector(callbackBaseUrl) });
  });

  afterAll(() => harness.close());

  it('20 runs that are reset to their first workflow task take the robots that they had started', async () => {
    const some = (count: number, definition = {}) =>
      Array.from({ length: count }, () => harness.flow(definition));
    const startAll = (inputs: RunDesktopFlowInput[]) =>
      Promise.all(inputs.map(async (input) => ({ input, handle: await harness.start(input) })));
    const running = await startAll(some(7, { duration: '1h' }));
    const ended = await startAll([...some(7), ...some(3, { ends: ['Faulted', 'Succeeded'] })]);
    const cancelled = await startAll(some(3, { duration: '1h' }));
    const before = await Promise.all(ended.map(({ handle }) => handle.result()));
    for (const { handle } of cancelled) {
      await waiting(handle);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
    }
    await Promise.all(running.map(({ handle }) => waiting(handle)));
    const all = [...running, ...ended, ...cancelled];
    const robots = all.map(({ input }) => idsOf(input));

    const handles = await Promise.all(all.map(({ handle }) => reset(harness.client, handle)));
    for (const [robot = ''] of robots.slice(0, 7)) harness.emulator.setStatus(robot, 'Succeeded');
    const after = await Promise.all(handles.slice(0, 17).map((handle) => handle.result()));
    // The licence check came with the answer to the trigger.
    expect(after.slice(7)).toEqual(before.map(({ licenseCheck: _licence, ...result }) => result));
    expect(after.slice(0, 7).map(({ flowSessionId }) => [flowSessionId])).toEqual(robots.slice(0, 7));
    for (const handle of handles.slice(17)) {
      expect((await failureOf(handle)).failure.type).toBe('DesktopFlowCancelled');
    }
    expect(all.map(({ input }) => idsOf(input))).toEqual(robots);
    expect(robots.flat()).toHaveLength(7 + 7 + 6 + 3);
  });

  it.each(sampleOf(['last', 'first'], 0))(
    'a run that waits, and is reset to its %s workflow task, waits for the same robot',
    async (which) => {
      const input = harness.flow({ duration: '1h' });
      const handle = await harness.start(input);
      const robot = await waiting(handle);
      const again = await reset(harness.client, await reset(harness.client, handle, which), which);
      await expect(waiting(again)).resolves.toBe(robot);
      harness.emulator.setStatus(robot, 'Succeeded');
      await expect(again.result()).resolves.toMatchObject({ flowSessionId: robot });
      expect(idsOf(input)).toEqual([robot]);
    },
  );
});

describe('whether a key travels or not', () => {
  beforeAll(async () => {
    harness = await startHarness({ ownNamespace: true, connector: connector(KEYED) });
  });

  afterAll(() => harness.close());

  itTakesLong(
    'a run with `onReset: "startAgain"` starts one new robot, whatever became of the other',
    async () => {
      const inputs = [harness.flow(), harness.flow({ duration: '1h' })].map(
        (input): RunDesktopFlowInput => ({ ...input, onReset: 'startAgain' }),
      );
      const handles = await Promise.all(inputs.map((input) => harness.start(input)));
      await Promise.all([handles[0]?.result(), waiting(handles[1] as WorkflowHandle)]);
      const again = await Promise.all(handles.map((handle) => reset(harness.client, handle)));
      const robot = await eventually(() => inputs[1] && idsOf(inputs[1])[1]);
      harness.emulator.setStatus(robot, 'Succeeded');
      const results = await Promise.all(again.map((handle) => handle.result()));
      expect(results.map(({ flowSessionId }) => [flowSessionId])).toEqual(
        inputs.map((input) => idsOf(input).slice(1)),
      );
    },
  );

  itTakesLong(
    'a run that has its outputs, and is reset to its last workflow task, has the same result',
    async () => {
      const input = harness.flow({ result: { Invoice: 7 } });
      const handle = await harness.start(input);
      const before = await handle.result();
      await expect((await reset(harness.client, handle, 'last')).result()).resolves.toEqual(before);
      expect(robotsOf(input)).toHaveLength(1);
    },
  );

  it.each(sampleOf(['first', 'last'], 0))(
    'a run between two attempts, reset to its %s workflow task, starts the second one once',
    async (which) => {
      const flow = harness.flow({ ends: ['Faulted', 'Succeeded'] });
      const input = { ...flow, retry: { initialInterval: '2s', maximumInterval: '2s' } };
      const handle = await harness.start(input);
      await eventually(async () => {
        const { phase } = await handle.query<DesktopFlowRunView>('desktopFlowRun');
        return phase === 'backingOff';
      });
      const again = await reset(harness.client, handle, which);
      await expect(again.result()).resolves.toMatchObject({ status: 'Succeeded' });
      expect(idsOf(input)).toHaveLength(2);
      const result = await (await reset(harness.client, again, which)).result();
      expect(result.attempts.map(({ flowSessionId }: { flowSessionId: string }) => flowSessionId)).toEqual(
        idsOf(input),
      );
    },
  );

  it('a run whose trigger was refused, and is reset after the mend, starts its robot without a delay', async () => {
    const input = harness.flow();
    harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: input.flowId });
    const handle = await harness.start(input);
    expect((await failureOf(handle)).failure.type).toBe('DataverseForbidden');
    await (await reset(harness.client, handle)).result();
    // It need not be looked for: the history says that it was refused.
    const queries = harness.emulator.seen.requests.filter(
      ({ kind, flowId }) => kind === 'query' && flowId === input.flowId,
    );
    expect(queries).toEqual([]);
    expect(robotsOf(input)).toHaveLength(1);
  });

  it('a run that is cancelled right after its reset stops the robot that it had started', async () => {
    const input = harness.flow({ duration: '1h' });
    const handle = await harness.start(input);
    await waiting(handle);
    const again = await reset(harness.client, handle);
    await again.cancel();
    await expect(again.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(robotsOf(input)).toMatchObject([{ status: 'Cancelled' }]);
  });
});

describe('a run that is reset while its trigger is in flight', () => {
  it.each(sampleOf(['first', 'last'], 0))('finds the robot by its key (%s workflow task)', async (which) => {
    harness = await startHarness({ connector: { ...connector(KEYED), requestTimeoutMs: 4000 } });
    const input = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    const handle = await harness.start(input);
    const [robot] = await eventually(() => robotsOf(input).length > 0 && idsOf(input));
    const again = await reset(harness.client, handle, which);
    await expect(waiting(again)).resolves.toBe(robot);
    expect(idsOf(input)).toEqual([robot]);
    await again.terminate();
    await harness.close();
  });

  it('fails as TriggerOutcomeUnknown where no key travels, and starts nothing', async () => {
    harness = await startHarness({ ownNamespace: true, connector: connector('off') });
    const input = harness.flow({ duration: '1h' });
    harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId: input.flowId });
    const handle = await harness.start(input);
    await eventually(() => robotsOf(input).length > 0);
    const { failure } = await failureOf(await reset(harness.client, handle));
    expect(failure.type).toBe('TriggerOutcomeUnknown');
    expect(robotsOf(input)).toHaveLength(1);
    await harness.close();
  });
});

it('a watcher that is reset goes on to watch its robots', async () => {
  harness = await startHarness({ ownNamespace: true, sharedPolling: true, connector: connector('off') });
  const poll = { initialInterval: '1s', maximumInterval: '1s', fallbackInterval: '1h' };
  const inputs = [...Array(5)].map(
    (): RunDesktopFlowInput => ({ ...harness.flow({ duration: '1h' }), poll }),
  );
  const handles = await Promise.all(inputs.map((input) => harness.start(input)));
  const robots = await Promise.all(handles.map((handle) => waiting(handle)));
  const watcher = await eventually(async () => {
    const query = "WorkflowType = 'WatchFlowRuns'";
    for await (const found of harness.client.workflow.list({ query })) return found;
    return undefined;
  });
  await reset(harness.client, { workflowId: watcher.workflowId });
  for (const robot of robots) harness.emulator.setStatus(robot, 'Succeeded');
  const results = await Promise.all(handles.map((handle) => handle.result()));
  expect(results.map(({ flowSessionId }) => flowSessionId)).toEqual(robots);
  await harness.close();
});

describe('a run that continued as new', () => {
  it.each(sampleOf(['latest', 'first'], 0))(
    'takes its robot, where its %s execution is reset to the first workflow task',
    async (which) => {
      harness = await startHarness({ connector: connector(which === 'first' ? KEYED : 'off') });
      const input = harness.flow({ duration: '1h', ends: ['Faulted', 'Succeeded'] });
      const { workflowId, firstExecutionRunId } = await harness.start({
        ...input,
        poll: { initialInterval: '1h', shared: false },
      });
      const handle = harness.client.workflow.getHandle(workflowId);
      const completed = (flowSessionId: string) => handle.signal('desktopFlowCompleted', { flowSessionId });
      const faulted = await waiting(handle);
      harness.emulator.setStatus(faulted, 'Faulted');
      await completed(faulted);
      const robot = await waiting(handle, 2);
      await eventually(async () => {
        await completed(robot);
        return (await handle.describe()).runId !== firstExecutionRunId;
      }, 60_000);
      const runId = which === 'first' ? firstExecutionRunId : undefined;
      const again = await reset(harness.client, { workflowId, ...(runId && { runId }) });
      await expect(waiting(again, 2)).resolves.toBe(robot);
      harness.emulator.setStatus(robot, 'Succeeded');
      await completed(robot);
      const { attempts } = await again.result();
      expect(attempts).toMatchObject([{ flowSessionId: faulted }, { flowSessionId: robot }]);
      expect(idsOf(input)).toEqual([faulted, robot]);
      await harness.close();
    },
    120_000,
  );
});

describe('a run that is reset, and whose history from before is gone', () => {
  const DAYS_AGO_MS = 3 * 24 * 60 * 60_000;

  itTakesLong(
    'takes its robot, however old that is; where none is to be seen it starts none',
    async () => {
      const taskQueue = randomUUID();
      // Its rows are three days older than the worker's clock.
      const emulator = { clock: () => Date.now() - DAYS_AGO_MS };
      harness = await startHarness({ taskQueue: randomUUID(), emulator });
      const { client } = harness;
      const worker = async () =>
        Worker.create({
          connection: harness.env.nativeConnection,
          taskQueue,
          workflowBundle: await workflowBundle(),
          activities: createActivities({
            ...target(harness.emulator),
            ...connector(KEYED),
            secrets: environmentSecrets({}),
          }),
        });
      const started = harness.flow({ duration: '1h' });
      const refused = harness.flow();
      harness.emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: refused.flowId });
      const handles = await (await worker()).runUntil(async () => {
        const both = await Promise.all(
          [started, refused].map((input) =>
            client.workflow.start('RunDesktopFlow', { args: [input], taskQueue, workflowId: randomUUID() }),
          ),
        );
        await Promise.all([both[0] && waiting(both[0]), both[1] && failureOf(both[1])]);
        return both;
      });
      const [robot = ''] = idsOf(started);

      const again = await Promise.all(handles.map((handle) => reset(client, handle)));
      await Promise.all(
        handles.map(({ workflowId, firstExecutionRunId }) => forget(workflowId, firstExecutionRunId)),
      );
      await (await worker()).runUntil(async () => {
        const [taken, unknown] = again as [WorkflowHandle, WorkflowHandle];
        await expect(waiting(taken)).resolves.toBe(robot);
        expect((await failureOf(unknown)).failure.type).toBe('TriggerOutcomeUnknown');
      });
      expect([idsOf(started), idsOf(refused)]).toEqual([[robot], []]);
      await harness.close();
    },
    180_000,
  );

  /** Deletes an execution, as the end of its namespace's retention does, and waits until its history is gone. */
  async function forget(workflowId: string, runId: string): Promise<void> {
    const { client } = harness;
    const { namespace } = client.options;
    const workflowExecution = { workflowId, runId };
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
    await eventually(async () => {
      const history = client.workflow.getHandle(workflowId, runId).fetchHistory();
      return history.then(
        () => false,
        () => true,
      );
    }, 120_000);
  }
});

describe('runs of 0.3.0 that are reset after the upgrade', () => {
  it.each([
    ['answered', undefined],
    ['lost', 'lostAnswer'],
  ] as const)('take their robots, where the answer to the trigger was %s', async (_, kind) => {
    const taskQueue = randomUUID();
    harness = await startHarness({ taskQueue: randomUUID(), connector: connector(KEYED) });
    const common = { connection: harness.env.nativeConnection, taskQueue };
    const activities = createActivities({
      ...target(harness.emulator),
      ...connector(KEYED),
      secrets: environmentSecrets({}),
    });
    const inputs = [...Array(3)].map(() => harness.flow({ duration: '1h' }));
    for (const { flowId } of kind ? inputs : []) {
      harness.emulator.inject({ on: 'trigger', kind: 'lostAnswer', flowId });
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 'always' });
    }
    const old = await Worker.create({
      ...common,
      workflowsPath: path.join(__dirname, '..', 'workflows', 'fixtures', 'as-0.3.0.ts'),
      activities: { triggerFlowRun: (input: never) => activities.triggerFlowRun(input) },
    });
    const handles = await old.runUntil(async () => {
      const started = await Promise.all(
        inputs.map((input) =>
          harness.client.workflow.start('RunDesktopFlow', {
            args: [input],
            taskQueue,
            workflowId: randomUUID(),
          }),
        ),
      );
      await eventually(() => inputs.every((input) => robotsOf(input).length === 1));
      const isAnswered = async (handle: WorkflowHandle) =>
        ((await handle.describe()).raw.pendingActivities ?? []).length === 0;
      await eventually(async () => (await Promise.all(started.map(isAnswered))).every(Boolean));
      return started;
    });
    harness.emulator.clearFaults();
    const robots = inputs.map(idsOf);
    const upgraded = await Worker.create({ ...common, workflowBundle: await workflowBundle(), activities });
    await upgraded.runUntil(async () => {
      const again = await Promise.all(handles.map((handle) => reset(harness.client, handle)));
      const taken = await Promise.all(again.map((handle) => waiting(handle)));
      expect(taken.map((robot) => [robot])).toEqual(robots);
      for (const robot of taken) harness.emulator.setStatus(robot, 'Succeeded');
      await Promise.all(again.map((handle) => handle.result()));
    });
    expect(inputs.map(idsOf)).toEqual(robots);
    await harness.close();
  });
});
