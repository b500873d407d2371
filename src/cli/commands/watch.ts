/** HOST: `desktop-flow watch`: waits for the end of a run that somebody has started. */
import type { Command } from 'commander';
import { DesktopFlows } from '../../service/desktop-flows';
import { describeRun } from '../runs/given-run';
import { addRunArgument } from '../runs/run-argument';
import { untilEnded } from '../runs/until-ended';
import { withTemporal } from '../support/clients';

const NOTES = `
It prints and ends as desktop-flow run does, also for a run that is over. Ctrl-C ends the watch; the robot goes on.`;

export function configure(command: Command): void {
  addRunArgument(command.description('Waits for the end of a run, and prints its outputs.'), {
    direct: false,
  })
    .addHelpText('after', NOTES)
    .action(watch);
}

async function watch(workflowId: string, { json }: { json?: boolean }): Promise<void> {
  await withTemporal(async (temporal) => {
    await describeRun(temporal, workflowId);
    const run = new DesktopFlows(temporal.client).get(workflowId);
    const options = { temporal, workflowId, json, onInterrupt: 'leave' } as const;
    process.exitCode = await untilEnded(Promise.resolve(run), options);
  });
}
