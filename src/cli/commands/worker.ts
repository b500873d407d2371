/** HOST: `desktop-flow worker`: the worker process. */
import type { Command } from 'commander';
import { becomeProgram } from '../support/programs';

const NOTES = `
It reads its variables, TEMPORAL_*, POWER_AUTOMATE_*, CALLBACK_*, METRICS_* and HEALTH_*, once, and names every
problem at once. SIGTERM or
Ctrl-C lets it finish the requests that are under way. It logs JSON lines to standard output.`;

export function configure(command: Command): void {
  command
    .description('Runs the worker, which starts robots and waits for them, until Ctrl-C.')
    .addHelpText('after', NOTES)
    .action(() => becomeProgram('worker.js', []));
}
