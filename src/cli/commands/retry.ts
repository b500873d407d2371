/** HOST: `desktop-flow retry`: a run that failed once more, with its input. */
import type { Command } from 'commander';
import { DesktopFlows } from '../../service/desktop-flows';
import { describeRun, readRunInput } from '../runs/given-run';
import type { OnInterrupt } from '../runs/interrupts';
import { onInterruptOption } from '../runs/options';
import { exitCodeOf, printWorkflowId } from '../runs/report';
import { addRunArgument } from '../runs/run-argument';
import { startRun } from '../runs/start';
import { untilEnded } from '../runs/until-ended';
import { type Temporal, withTemporal } from '../support/clients';
import { CommandError, UsageError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const NOTES = `
The new run has the workflow id of the old one, unless --workflow-id says otherwise. A run that succeeded is not run again,
nor one whose robot may have been started and may still be at work; --force runs the latter again all the same.

It prints and ends as desktop-flow run does; 2 also where the run is not one to be retried.`;

interface Options {
  workflowId?: string;
  force?: boolean;
  json?: boolean;
  detach?: boolean;
  onInterrupt: OnInterrupt;
}

export function configure(command: Command): void {
  addRunArgument(command.description('Runs a failed run again, with its input.'), { direct: false })
    .option('--workflow-id <id>', 'of the new run (default: that of the old one)')
    .option('--force', 'also where the robot of before may still be at work')
    .option('--detach', 'do not wait: print the workflow id')
    .addOption(onInterruptOption())
    .addHelpText('after', NOTES)
    .action(retry);
}

async function retry(
  id: string,
  { workflowId = id, force, json, detach, ...options }: Options,
): Promise<void> {
  await withTemporal(async (temporal) => {
    const { runId, status } = await describeRun(temporal, id);
    await refuseUnlessFailed(temporal, id, status.name, force === true);
    const input = await readRunInput(temporal, { workflowId: id, runId });
    if ('flowSessionId' in input) {
      throw new UsageError(
        `${id} waited for a robot that somebody else had started: there is nothing to run again`,
      );
    }
    // Of two that retry at once, one is refused.
    const policy = { workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY' } as const;
    const starting = startRun(temporal, input, { workflowId, ...policy });
    if (!detach) {
      process.exitCode = await untilEnded(starting, { ...options, temporal, workflowId, json });
      return;
    }
    await starting;
    printWorkflowId(workflowId, { json });
  });
}

async function refuseUnlessFailed(
  { client }: Temporal,
  workflowId: string,
  status: string,
  isForced: boolean,
): Promise<void> {
  if (status === 'RUNNING') throw new UsageError(`${workflowId} is still under way`);
  const outcome = await new DesktopFlows(client).get(workflowId).result();
  if (outcome.kind === 'succeeded') throw new UsageError(`${workflowId} succeeded: it is not run again`);
  const isOver =
    outcome.kind === 'cancelled' ||
    (outcome.kind === 'failed' && exitCodeOf(outcome.type, outcome.details) !== EXIT.outcomeUnknown);
  if (isOver || isForced) return;
  throw new CommandError(
    `the robot of ${workflowId} may still be at work: look for it in Power Automate, and then give --force`,
    EXIT.wrongInput,
  );
}
