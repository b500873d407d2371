/** A worker of somebody else, with the plugin and nothing else of ours: on the real server, with the real bundler. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Client } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities, PowerAutomatePlugin, type PowerAutomatePluginOptions } from '../../src';
import { startsQueueOf } from '../../src/common/start-priority';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { eventually, setUp, target } from '../helpers/harness';
import { itTakesLong } from '../helpers/long-tests';

const FLOW = { id: randomUUID(), name: 'Enter invoice', duration: '2s', result: { Booking: 'B-1' } };
const INPUT = { flowId: FLOW.id, connectionName: 'invoices', runMode: 'unattended' };

const pathOf = (file: string) => path.join(__dirname, 'workflows', `${file}.ts`);
const logger = new DefaultLogger('ERROR');
const address = () => setUp('TEST_TEMPORAL_ADDRESS');

let emulator: Emulator;
let connection: NativeConnection;
let client: Client;

beforeAll(async () => {
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  connection = await NativeConnection.connect({ address: address() });
  client = new Client({ connection });
});

afterAll(async () => {
  await connection.close();
  await emulator.close();
});

const plugin = (options: PowerAutomatePluginOptions = {}) =>
  new PowerAutomatePlugin({ environment: emulator.environment, ...options });

const queue = () => `plugin-${randomUUID()}`;

const run = (taskQueue: string) =>
  client.workflow.start('RunDesktopFlow', { args: [INPUT], taskQueue, workflowId: randomUUID() });

async function scheduledOf(workflowId: string): Promise<Record<string, string>> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = (events ?? []).flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
  return Object.fromEntries(
    scheduled.map(({ activityType, taskQueue }) => [activityType?.name, taskQueue?.name]),
  );
}

/** Runs a robot in a worker of these options, and returns which activities were scheduled where. */
async function runRobot(options: Omit<WorkerOptions, 'taskQueue'>) {
  const taskQueue = queue();
  const worker = await Worker.create({ connection, taskQueue, ...options });
  const handle = await worker.runUntil(async () => {
    const started = await run(taskQueue);
    await expect(started.result()).resolves.toMatchObject({ outputs: { Booking: 'B-1' } });
    return started;
  });
  expect(worker.getState()).toBe('STOPPED');
  return { taskQueue, scheduled: await scheduledOf(handle.workflowId), history: await handle.fetchHistory() };
}

describe('a worker with the plugin', () => {
  it('runs robots, starts them from the starts queue, and has a watcher look at them', async () => {
    const { taskQueue, scheduled } = await runRobot({ workflowsPath: pathOf('all'), plugins: [plugin()] });
    expect(scheduled.triggerFlowRun).toBe(startsQueueOf(taskQueue));
    const watchers = await eventually(async () => {
      const query = `WorkflowType = 'WatchFlowRuns' AND TaskQueue = '${taskQueue}'`;
      const found = [];
      for await (const execution of client.workflow.list({ query })) found.push(execution);
      return found.length > 0 && found;
    });
    expect(watchers).toHaveLength(1);
  });

  itTakesLong('runs them with a bundle made beforehand, and with no workflow kept in memory', async () => {
    const plugins = [plugin()];
    const workflowBundle = await bundleWorkflowCode({ workflowsPath: pathOf('all'), logger, plugins });
    const { taskQueue, scheduled } = await runRobot({ workflowBundle, plugins, maxCachedWorkflows: 0 });
    expect(scheduled.triggerFlowRun).toBe(startsQueueOf(taskQueue));
  });

  itTakesLong(
    'runs them with a bundle that knows nothing of the plugin: starts are in its own queue then',
    async () => {
      const workflowBundle = await bundleWorkflowCode({ workflowsPath: pathOf('all'), logger });
      const { taskQueue, scheduled } = await runRobot({ workflowBundle, plugins: [plugin()] });
      expect(scheduled.triggerFlowRun).toBe(taskQueue);
    },
  );

  itTakesLong('takes the plugin from its connection, and keeps activities of its own', async () => {
    const own = await NativeConnection.connect({ address: address(), plugins: [plugin()] });
    try {
      const activities = { bookInvoice: async () => 'booked' };
      await runRobot({ connection: own, workflowsPath: pathOf('all'), activities });
    } finally {
      await own.close();
    }
  });

  itTakesLong('replays what it has run', async () => {
    const options = { workflowsPath: pathOf('all'), plugins: [plugin()] };
    const { history } = await runRobot(options);
    await Worker.runReplayHistory(options, history);
  });

  itTakesLong('needs no workflows: then it looks for each run alone', async () => {
    const taskQueue = queue();
    const workflows = await Worker.create({
      connection,
      taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: pathOf('all'), logger }),
    });
    const activities = await Worker.create({ connection, taskQueue, plugins: [plugin()] });
    const [scheduled] = await Promise.all([
      workflows.runUntil(() =>
        activities.runUntil(async () => {
          const handle = await run(taskQueue);
          await handle.result();
          return scheduledOf(handle.workflowId);
        }),
      ),
    ]);
    expect(scheduled).toHaveProperty('getFlowRunStatus');
  });

  it('ends, and leaves its connection free, when callbacks cannot be received', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await eventually(() => taken.listening);
    const own = await NativeConnection.connect({ address: address() });
    const { port: callbackPort } = taken.address() as AddressInfo;
    const callbacks = {
      callbackPort,
      callbackHost: '127.0.0.1',
      callbackBaseUrl: 'https://robots.contoso.com',
    };
    const worker = await Worker.create({
      connection: own,
      taskQueue: queue(),
      workflowsPath: pathOf('all'),
      plugins: [plugin(callbacks)],
    });
    await expect(worker.run()).rejects.toThrow(/CALLBACK_HOST and CALLBACK_PORT/);
    await own.close();
    taken.close();
  });
});

describe('a worker is refused', () => {
  const create = (options: Partial<WorkerOptions>) =>
    Worker.create({ connection, taskQueue: queue(), workflowsPath: pathOf('all'), ...options });

  it('without our workflows, in words', async () => {
    const workflowsPath = pathOf('some');
    const message = `The worker has no workflow RunDesktopFlows, no WatchFlowRuns. Add to ${workflowsPath}: export { RunDesktopFlows, WatchFlowRuns } from 'temporal-power-automate/workflow';`;
    await expect(create({ workflowsPath, plugins: [plugin()] })).rejects.toThrow(message);
    const bundling = bundleWorkflowCode({ workflowsPath, logger, plugins: [plugin()] });
    await expect(bundling).rejects.toThrow(message);
  });

  it('with a bundle that has none of them', async () => {
    const workflowBundle = { code: 'globalThis.__TEMPORAL__ = {};' };
    await expect(create({ workflowBundle, workflowsPath: undefined, plugins: [plugin()] })).rejects.toThrow(
      'has no workflow RunDesktopFlow, no RunDesktopFlows, no WatchFlowRuns',
    );
  });

  it('with the plugin twice', async () => {
    await expect(create({ plugins: [plugin(), plugin()] })).rejects.toThrow(/is given twice/);
  });

  it('with an activity whose name is taken', async () => {
    const activities = createActivities({ secrets: { get: async () => undefined } });
    await expect(create({ activities, plugins: [plugin()] })).rejects.toThrow(
      /activities of its own by names of .*: triggerFlowRun, /,
    );
  });
});

describe('the settings', () => {
  it('come from the environment, and wrong ones are named at once', () => {
    const environment = { POWER_AUTOMATE_ORGANIZATION_URI: 'http://contoso', POWER_AUTOMATE_CLIENT_ID: 'x' };
    expect(() => plugin({ environment })).toThrow(
      /POWER_AUTOMATE_ORGANIZATION_URI(.|\n)*POWER_AUTOMATE_CLIENT_SECRET/,
    );
  });

  it('do not need a Temporal in the environment', () => {
    expect(() => plugin({ environment: { TEMPORAL_CONFIG_FILE: '/nowhere' } })).not.toThrow();
  });

  it('are taken from the options first', async () => {
    const { organizationUri, credentials } = target(emulator);
    const environment = { POWER_AUTOMATE_ORGANIZATION_URI: 'https://contoso.crm4.dynamics.com' };
    const plugins = [plugin({ environment, organizationUri, credentials })];
    await runRobot({ workflowsPath: pathOf('all'), plugins });
  });
});
