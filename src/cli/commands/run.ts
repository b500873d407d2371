/** HOST: `desktop-flow run`: one robot from the command line to its outputs. */
import type { Command } from 'commander';
import { prepareRun } from '../runs/input';
import type { OnInterrupt } from '../runs/interrupts';
import {
  addInputOptions,
  addLimitOptions,
  addTargetOptions,
  addWorkflowIdOption,
  onInterruptOption,
  type RunOptions,
} from '../runs/options';
import { printWorkflowId } from '../runs/report';
import { newWorkflowId, startRun } from '../runs/start';
import { untilEnded } from '../runs/until-ended';
import { withTemporal } from '../support/clients';

const NOTES = `
--flow, --connection and --mode are required. Inputs get the types of the flow's schema, which is read from Dataverse where
POWER_AUTOMATE_ORGANIZATION_URI and the credentials are set, as for the worker; elsewhere --input is sent as a text. An
input that is missing, unknown or of another type is refused before anything starts.

Secrets never belong on a command line: name one of the worker's by its reference, --input 'Password={{secrets.SAP_PASSWORD}}'.

Standard output has the outputs, one line each, or with --json one JSON object: the run's result, or the details of its
failure with its type and message. All else goes to standard error.

Ctrl-C asks what becomes of the robot: it is stopped, or left to its work, or waited for further. A second Ctrl-C leaves it.
Without a terminal, and for SIGTERM, there is nobody to ask: the robot is left, and the way to stop it is printed;
--on-interrupt stop stops it instead, as a CI job that is cancelled may want. Exit code 4 says that it was stopped, 5 that
it was left.

Exit codes: 0 succeeded; 1 the robot ended badly; 2 wrong command line or input, nothing was started; 3 Temporal or
Dataverse cannot be reached; 4 cancelled; 5 the outcome is not known.`;

interface Options extends RunOptions {
  workflowId?: string;
  json?: boolean;
  detach?: boolean;
  onInterrupt: OnInterrupt;
}

export function configure(command: Command): void {
  command.description('Runs a desktop flow, shows what its robot does, and prints its outputs.');
  addTargetOptions(command);
  addInputOptions(command);
  addLimitOptions(command);
  addWorkflowIdOption(command)
    .option('--json', 'print the result, or the failure, as one JSON object')
    .option('--detach', 'do not wait: print the workflow id')
    .addOption(onInterruptOption())
    .addHelpText('after', NOTES)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { input, label, note } = await prepareRun(options);
  const workflowId = options.workflowId?.trim() || newWorkflowId();
  if (note) console.error(note);
  await withTemporal(async (temporal) => {
    const starting = startRun(temporal, input, { workflowId, label });
    if (options.detach) {
      await starting;
      printWorkflowId(workflowId, options);
      return;
    }
    process.exitCode = await untilEnded(starting, { temporal, workflowId, ...options });
  });
}
