/** HOST: `desktop-flow search-attributes`: registers the search attributes of runs in a namespace. */
import type { Command } from 'commander';
import { registerSearchAttributes } from '../../temporal/search-attributes';
import { withTemporal } from '../support/clients';

const NOTES = `
Workers show them where POWER_AUTOMATE_SEARCH_ATTRIBUTES=on. It connects as the worker does, by TEMPORAL_ADDRESS and its siblings.
On Temporal Cloud, register them there, each as a keyword.
Exit codes: 0 they are there, 1 Temporal refuses, 2 wrong command line, 3 Temporal cannot be reached.`;

export function configure(command: Command): void {
  command
    .description(
      'Registers the search attributes of runs, by which flow, connection, robot, status, error and machine are found.',
    )
    .addHelpText('after', NOTES)
    .action(run);
}

async function run(): Promise<void> {
  await withTemporal(async ({ connection, namespace }) => {
    const done = await registerSearchAttributes(connection.operatorService, namespace);
    for (const [name, what] of Object.entries(done)) process.stdout.write(`${name}  ${what}\n`);
  });
}
