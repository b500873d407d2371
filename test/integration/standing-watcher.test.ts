/** A watcher that stands still, on the real dev server: no worker takes its tasks, or each of them fails. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import { environmentSecrets } from '../../src/config/secrets';
import { bundle, workflowBundle } from '../helpers/bundle';
import { eventually, type Harness, startHarness, target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

/** No look of a run's own comes within a test, except where its watcher does not answer. */
const SHARED = { poll: { initialInterval: '1s', maximumInterval: '1s', fallbackInterval: '30m' } };
const WITHIN_MS = 60_000;

const watcherTaskQueue = `test-watchers-${randomUUID()}`;
let harness: Harness;

beforeEach(async () => {
  harness = await startHarness({ connector: { watcherTaskQueue }, ownNamespace: true });
});

afterEach(() => harness.close());

/** A worker of the watcher alone, in a place of its own. */
async function startWatching(workflows = workflowBundle()): Promise<() => Promise<void>> {
  const { env, emulator } = harness;
  const worker = await Worker.create({
    connection: env.nativeConnection,
    namespace: env.namespace,
    taskQueue: watcherTaskQueue,
    workflowBundle: await workflows,
    activities: createActivities({ ...target(emulator), secrets: environmentSecrets({}) }),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

async function startWatched() {
  const robot = harness.flow({ duration: '1h', result: { ok: true } });
  const handle = await harness.start({ ...robot, ...SHARED });
  const { flowSessionId } = (await handle.executeUpdate('awaitFlowSession')) as { flowSessionId: string };
  return { handle, flowSessionId };
}

async function activitiesOf({ handle }: Awaited<ReturnType<typeof startWatched>>) {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    scheduled ? [scheduled.activityType?.name] : [],
  );
}

const looks = async (run: Awaited<ReturnType<typeof startWatched>>) =>
  (await activitiesOf(run)).filter((name) => name === 'getFlowRunStatus').length;

/** Ends the robot, and returns the result that its run then has within a minute. */
async function hears({ handle, flowSessionId }: Awaited<ReturnType<typeof startWatched>>) {
  harness.emulator.setStatus(flowSessionId, 'Succeeded');
  const tooLate = new Promise<string>((resolve) => {
    setTimeout(resolve, WITHIN_MS, 'heard nothing within a minute').unref();
  });
  return await Promise.race([handle.result(), tooLate]);
}

describe('a watcher that stands still', () => {
  itTakesLong(
    'is noticed within a minute, and takes over again when it goes on',
    async () => {
      const run = await startWatched();
      await eventually(async () => (await looks(run)) >= 3, WITHIN_MS);
      const stop = await startWatching();
      // It is seen within ten seconds that the watcher goes on; from then on the run looks no longer.
      const handOvers = async () => {
        const query = "WorkflowType = 'WatchFlowRuns'";
        for await (const { workflowId } of harness.client.workflow.list({ query })) {
          const { events } = await harness.client.workflow.getHandle(workflowId).fetchHistory();
          return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
        }
        return 0;
      };
      await eventually(async () => (await handOvers()) >= 2, WITHIN_MS);
      const looksSoFar = await looks(run);
      expect(await hears(run)).toMatchObject({ status: 'Succeeded', outputs: { ok: true } });
      expect((await looks(run)) - looksSoFar).toBeLessThanOrEqual(1);
      await stop();
    },
    180_000,
  );

  itTakesLong(
    'lets a new run look by itself at once, and wakes the run that it has watched until then',
    async () => {
      const stop = await startWatching();
      const before = await startWatched();
      await eventually(async () => (harness.emulator.seen.counts.query ?? 0) > 0);
      await stop();
      expect(await hears(before)).toMatchObject({ status: 'Succeeded', outputs: { ok: true } });
      const after = await startWatched();
      await eventually(async () => (await looks(after)) >= 2, 10_000);
      expect(await hears(after)).toMatchObject({ status: 'Succeeded', outputs: { ok: true } });
    },
    180_000,
  );

  itTakesLong(
    'is noticed also where a worker takes its tasks, and each of them fails',
    async () => {
      const broken = path.join(__dirname, '..', 'workflows', 'fixtures', 'broken-watcher.ts');
      const stop = await startWatching(bundle(broken));
      const run = await startWatched();
      expect(await hears(run)).toMatchObject({ status: 'Succeeded', outputs: { ok: true } });
      await stop();
    },
    120_000,
  );
});
