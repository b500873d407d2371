/** Imported calls run, and bring what the process brought: each process as it was, beside its module. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { importBpmn } from '../../src/camunda/import-bpmn';
import { writeTypeScript } from '../../src/camunda/typescript';
import { PowerAutomatePlugin } from '../../src/plugin/plugin';
import type { Emulator } from '../../src/testing/emulator';
import { eventually, type Harness, startHarness } from '../helpers/harness';
import { createLinkedProject } from '../helpers/linked-project';
import { itTakesLong, sampleOf } from '../helpers/long-tests';
import { LIMITED, limitedText } from './limited';
import { runOriginal } from './original';
import { CASES, FILES, type ProcessCase, processText } from './processes';

const OUR_WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflow.ts');
const TASK_QUEUE = 'imported-from-camunda';

let folder: string;
let emulator: Emulator;
let harness: Harness;
let worker: Worker;
let running: Promise<void>;

const secrets = () => ({
  POWER_AUTOMATE_BEARER_TOKEN: emulator.bearerToken,
  POWER_AUTOMATE_CLIENT_ID: emulator.clientId,
  POWER_AUTOMATE_CLIENT_SECRET: emulator.clientSecret,
  POWER_AUTOMATE_TOKEN_ENDPOINT: emulator.tokenEndpoint,
  DATAVERSE_URI: emulator.url,
  LEDGER_CONNECTION: 'ledger',
  SAP_PASSWORD: 'open sesame',
});

beforeAll(async () => {
  const flows = { flows: CASES.map(({ flow }) => flow) };
  [folder, harness] = await Promise.all([
    createLinkedProject('@temporalio'),
    startHarness({ emulator: { flows } }),
  ]);
  emulator = harness.emulator;
  for (const file of FILES) {
    const module = writeTypeScript(await importBpmn(processText(file, emulator.url)), file);
    await writeFile(path.join(folder, file.replace('.bpmn', '.ts')), module);
  }
  for (const one of LIMITED) {
    emulator.addFlow(one.flow);
    const module = writeTypeScript(await importBpmn(limitedText(one, emulator.url)), one.file);
    await writeFile(path.join(folder, `${one.name}.ts`), module);
  }
  await writeFile(path.join(folder, 'workflows.ts'), callingWorkflows());
  const values: Record<string, string> = secrets();
  worker = await Worker.create({
    connection: harness.env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: path.join(folder, 'workflows.ts'),
      logger: new DefaultLogger('ERROR'),
      webpackConfigHook: (config) => {
        config.resolve = { ...config.resolve };
        config.resolve.alias = { ...config.resolve.alias, 'temporal-power-automate/workflow': OUR_WORKFLOWS };
        return config;
      },
    }),
    plugins: [
      new PowerAutomatePlugin({
        environment: emulator.environment,
        secrets: { get: async (name) => values[name] },
      }),
    ],
  });
  running = worker.run();
}, 300_000);

afterAll(async () => {
  worker?.shutdown();
  await running;
  await Promise.all([harness?.close(), folder && rm(folder, { recursive: true })]);
});

const modules = FILES.map((file) => file.replace('.bpmn', ''));
const moduleOf = ({ file }: ProcessCase) => `m${FILES.indexOf(file)}`;
const valueName = (call: string) => call.charAt(0).toLowerCase() + call.slice(1);

/** As somebody would write them who takes the modules over. */
function callingWorkflows(): string {
  const workflows = CASES.map((one) => {
    const { call, variables } = one;
    const argument = Object.keys(variables).length > 0 ? 'variables' : '';
    return `
export async function call${call}(variables: any) {
  const result = await ${moduleOf(one)}.execute${call}(${argument});
  return { result, variables: ${moduleOf(one)}.${valueName(call)}Results(result) };
}`;
  });
  return [
    "export { RunDesktopFlow, RunDesktopFlows, WatchFlowRuns } from 'temporal-power-automate/workflow';",
    ...modules.map((name, index) => `import * as m${index} from './${name}';`),
    ...workflows,
    ...LIMITED.map(
      ({ name, call }) => `import * as ${name} from './${name}';
export const ${name}Workflow = ${name}.execute${call} as (...args: any[]) => Promise<unknown>;`,
    ),
  ].join('\n');
}

describe('a call that was imported', () => {
  it.each(sampleOf(CASES, 0, 3))(
    'starts the same robot and leaves the same variables: $what',
    async (one) => {
      const { call, file, tasks, variables, given, made = [], more = [] } = one;
      const xml = processText(file, emulator.url);
      const original = await runOriginal(xml, tasks, secrets(), emulator.bearerToken, variables);
      const theirs = emulator.seen.sessions.at(-1);

      const imported = await harness.client.workflow.execute(`call${call}`, {
        args: [{ ...variables, ...given }],
        taskQueue: TASK_QUEUE,
        workflowId: `imported-${call}`,
        workflowExecutionTimeout: '50s',
      });
      const ours = emulator.seen.sessions.at(-1);

      expect(ours?.id).not.toBe(theirs?.id);
      expect(original.outputs).not.toBeNull();
      expect(imported.result.outputs).toEqual(original.outputs);
      for (const name of made) expect(imported.result.result[name]).toEqual(original.variables[name]);
      const asked = ({ flowId, connection, runMode, priority, inputs }: NonNullable<typeof ours>) => {
        return { flowId, connection, runMode, priority, inputs: JSON.parse(inputs ?? 'null') };
      };
      expect(asked(ours as NonNullable<typeof ours>)).toEqual(asked(theirs as NonNullable<typeof theirs>));
      expect(withoutIds(imported.variables, more)).toEqual(
        withoutIds(original.variables, Object.keys(variables)),
      );
    },
  );
});

describe('an imported limit', () => {
  const start = async (name: string, ...args: unknown[]) => {
    const limited = LIMITED.find((one) => one.name === name);
    const workflowId = `limited-${name}`;
    const options = { taskQueue: TASK_QUEUE, workflowId, args, workflowExecutionTimeout: '50s' as const };
    const run = await harness.client.workflow.start(`${name}Workflow`, options);
    return {
      run,
      robots: () => emulator.seen.sessions.filter(({ flowId }) => flowId === limited?.flow.id),
    };
  };

  /** Of the workflow that called, the child that it called, and the run itself. */
  const failureOf = (run: { result(): Promise<unknown> }) =>
    run.result().then(
      () => undefined,
      ({ cause }) => cause.cause,
    );

  itTakesLong('that leaves the robot ends the run, and the robot works on', async () => {
    const { run, robots } = await start('deadlineLeaves', { document: 'D-1', inputsDue: 'soon' });
    expect(await failureOf(run)).toMatchObject({
      type: 'DesktopFlowTimedOut',
      details: [{ deadline: 'deadline' }],
    });
    expect(robots()).toMatchObject([{ statusCode: 2 }]);
  });

  it('after which the process stopped the robot stops it', async () => {
    const { run, robots } = await start('deadlineStops', { order: 'O-1' });
    expect(await failureOf(run)).toMatchObject({
      type: 'DesktopFlowTimedOut',
      details: [{ deadline: 'deadline' }],
    });
    expect(robots()).toMatchObject([{ statusCode: 7 }]);
  });

  it('on robots starts a new one after a fault, as often as the process did', async () => {
    const { run, robots } = await start('triesAgain', { document: 'D-1', inputsDue: 'soon' });
    expect(await run.result()).toMatchObject({
      status: 'Succeeded',
      attempts: [{ status: 'Faulted' }, { status: 'Faulted' }, { status: 'Succeeded' }],
    });
    expect(robots()).toHaveLength(3);
  });

  it.each([
    ['cancelStops', 7],
    ['cancelLeaves', 2],
  ])('of a message that interrupts does with the robot what the process did: %s', async (name, status) => {
    const { run, robots } = await start(name, { order: 'O-1' });
    await eventually(() => robots().length === 1 && robots()[0]?.statusCode === 2);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(robots()).toMatchObject([{ statusCode: status }]);
  });
});

describe('a call for each element of a list', () => {
  it.each(sampleOf([['atOnce'], ['inTurn']], 1))(
    'runs a robot for each, and keeps the order: %s',
    async (name) => {
      const { run, robots } = await startList(name);
      expect(await run.result()).toMatchObject(
        ['O-1', 'O-2', 'O-3'].map((order) => ({ outputs: { Booking: `K-${order}` } })),
      );
      const spans = robots().sort((one, other) => one.createdOn - other.createdOn);
      expect(spans).toHaveLength(3);
      // A machine has one robot at once: what tells is when they were started.
      const follow = spans.slice(1).every((one, index) => one.createdOn >= (spans[index]?.completedOn ?? 0));
      expect(follow).toBe(name === 'inTurn');
    },
  );

  async function startList(name: string) {
    const limited = LIMITED.find((one) => one.name === name);
    const run = await harness.client.workflow.start(`${name}Workflow`, {
      taskQueue: TASK_QUEUE,
      workflowId: `list-${name}`,
      workflowExecutionTimeout: '50s',
      args: [['O-1', 'O-2', 'O-3'], {}],
    });
    return {
      run,
      robots: () => emulator.seen.sessions.filter(({ flowId }) => flowId === limited?.flow.id),
    };
  }
});

/** Each robot has an id and times of its own. */
function withoutIds(variables: Record<string, unknown>, without: string[]): unknown {
  const left = Object.entries(variables).filter(([name]) => !without.includes(name));
  const text = JSON.stringify(Object.fromEntries(left));
  return JSON.parse(
    text
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'an id')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'a time')
      .replaceAll(/"@odata[^"]*":"[^"]*",?/g, ''),
  );
}
