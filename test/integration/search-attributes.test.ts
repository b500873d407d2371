/** Runs show search attributes where the worker and the namespace want it, for two upserts a robot, and replay. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { RUN_ATTRIBUTES } from '../../src/common/search-attributes';
import { registerSearchAttributes } from '../../src/temporal/search-attributes';
import { workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness } from '../helpers/harness';

let harness: Harness;

afterEach(() => harness.close());

async function start(): Promise<void> {
  harness = await startHarness({
    ownNamespace: true,
    sharedPolling: true,
    connector: { searchAttributes: true },
  });
}

async function register(): Promise<Record<string, string>> {
  const { operatorService } = harness.env.connection;
  const done = await registerSearchAttributes(operatorService, harness.env.namespace ?? '');
  const { flow } = RUN_ATTRIBUTES;
  // The server takes them up in its own time.
  const probe = { taskQueue: 'nobody', typedSearchAttributes: [{ key: flow, value: 'probe' }] };
  await eventually(() =>
    harness.client.workflow.start('nothing', { workflowId: randomUUID(), ...probe }).then(
      () => true,
      () => false,
    ),
  );
  return done;
}

async function upsertsOf(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(({ upsertWorkflowSearchAttributesEventAttributes: upsert }) => upsert).length;
}

it('by which a run is found, with two upserts for each robot', async () => {
  await start();
  expect(Object.values(await register())).toEqual(Array(6).fill('registered'));
  expect(Object.values(await register())).toEqual(Array(6).fill('is there'));
  const input = harness.flow({
    ends: [{ status: 'Faulted', errorCode: 'TooManyActiveSessions' }, 'Succeeded'],
  });
  const handle = await harness.start({ ...input, poll: { shared: true, initialInterval: 1000 } });
  const { attempts } = (await handle.result()) as { attempts: { flowSessionId: string; machine?: string }[] };
  expect(attempts.map(({ machine }) => machine)).toEqual([expect.any(String), expect.any(String)]);
  const [, last] = attempts;
  const { typedSearchAttributes: shown } = await handle.describe();
  const { flow, connection, session, status, errorCode, machine } = RUN_ATTRIBUTES;
  expect(shown.get(flow)).toBe(input.flowId);
  expect(shown.get(connection)).toBe(input.connectionName);
  expect(shown.get(session)).toBe(last?.flowSessionId);
  expect(shown.get(status)).toBe('Succeeded');
  expect(shown.get(machine)).toBe(last?.machine);
  // Of the robot before.
  expect(shown.get(errorCode)).toBeUndefined();
  expect(await upsertsOf(handle)).toBe(4);
  const query = `PowerAutomateStatus = 'Succeeded' AND PowerAutomateSession = '${last?.flowSessionId}'`;
  await eventually(async () => (await harness.client.workflow.count(query)).count === 1);
  const history = await handle.fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, handle.workflowId);
});

it('are left out where the namespace lacks them, and the run does not stand still', async () => {
  await start();
  const handle = await harness.start(harness.flow());
  await expect(handle.result()).resolves.toMatchObject({ status: 'Succeeded' });
  expect(await upsertsOf(handle)).toBe(0);
});
