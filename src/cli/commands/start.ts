/** HOST: `desktop-flow start`: starts a robot, and does not wait for its end. */
import type { Command } from 'commander';
import { inputsText } from '../../common/schema/fields';
import { secretName } from '../../common/schema/secret-references';
import { DataverseError } from '../../dataverse';
import { directly } from '../runs/direct';
import { type PreparedRun, prepareRun } from '../runs/input';
import {
  addInputOptions,
  addLimitOptions,
  addTargetOptions,
  addWorkflowIdOption,
  type RunOptions,
} from '../runs/options';
import { printJson, reportEnd } from '../runs/report';
import { DIRECT } from '../runs/run-argument';
import { newWorkflowId, startRun } from '../runs/start';
import { withTemporal } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
It returns as soon as the robot is started, and prints the workflow id and the id of the flow session. Inputs as for
desktop-flow run. With --direct it sends one request to Dataverse, and prints the flow session alone: where the answer is
lost, nobody finds the robot again, and nobody waits, stops or retries for you.

Exit codes: 0 started; 1, 2, 3 not started; 5 nobody knows whether a robot was started.`;

interface Options extends RunOptions {
  json?: boolean;
  direct?: boolean;
}

export function configure(command: Command): void {
  command.description('Starts a robot, and does not wait for its end.');
  addTargetOptions(command);
  addInputOptions(command);
  addLimitOptions(command);
  addWorkflowIdOption(command)
    .option('--json', 'print one JSON object')
    .option('--direct', DIRECT.replace(/:.*/, ''))
    .addHelpText('after', NOTES)
    .action((options: Options) => (options.direct ? startDirectly(options) : start(options)));
}

async function prepare(options: Options): Promise<PreparedRun> {
  const prepared = await prepareRun(options);
  if (prepared.note) console.error(prepared.note);
  return prepared;
}

async function start(options: Options): Promise<void> {
  const { input, label } = await prepare(options);
  const workflowId = options.workflowId?.trim() || newWorkflowId();
  await withTemporal(async (temporal) => {
    const run = await startRun(temporal, input, { workflowId, label });
    const flowSessionId = await run.session();
    if (flowSessionId === null) {
      process.exitCode = reportEnd(await run.result(), { workflowId, json: options.json });
    } else if (options.json) printJson({ workflowId, flowSessionId });
    else console.log(`workflow ${workflowId}\nflow session ${flowSessionId}`);
  });
}

async function startDirectly(options: Options): Promise<void> {
  refuseWithoutTemporal(options);
  const { input } = await prepare(options);
  const inputs = inputsText(input.inputs ?? {});
  if (/\{\{\s*secrets\./.test(inputs) || secretName(input.connectionName)) {
    throw new UsageError('{{secrets.NAME}} does not go with --direct: a worker resolves it');
  }
  const { flowId, connectionName, connectionType, runMode, runPriority, timeout } = input;
  const started = await directly(async (client) => {
    const parameters = {
      runMode,
      connectionName,
      connectionType: connectionType === 'connectionReference' ? 2 : 1,
      ...(runPriority && { runPriority }),
      ...(timeout && { timeout }),
      inputs,
    } as const;
    return client.runDesktopFlow(flowId, parameters).catch(throwUnknown);
  });
  const { flowSessionId, licenseCheck } = started;
  if (options.json) printJson({ flowSessionId, ...(licenseCheck && { licenseCheck }) });
  else console.log(flowSessionId);
}

function throwUnknown(error: unknown): never {
  if (!(error instanceof DataverseError) || error.outcome !== 'unknown') throw error;
  throw new CommandError(
    `nobody knows whether a robot was started: look for it in Power Automate before you start it again. ${error.message}`,
    EXIT.outcomeUnknown,
  );
}

function refuseWithoutTemporal({ workflowId, deadline, queueTimeout, attempts }: Options): void {
  const given = Object.entries({
    'workflow-id': workflowId,
    deadline,
    'queue-timeout': queueTimeout,
    attempts,
  });
  const wrong = given.find(([, value]) => value !== undefined);
  if (wrong) throw new UsageError(`--${wrong[0]} does not go with --direct: only a run keeps to it`);
}
