/** HOST: `desktop-flow flows`: the desktop flows that may be run. */
import type { Command } from 'commander';
import { directly } from '../runs/direct';
import { printJson } from '../runs/report';
import { printTable } from '../support/table';

interface Options {
  json?: boolean;
  drafts?: boolean;
}

export function configure(command: Command): void {
  command
    .description('Lists the desktop flows of the organization that the application user may read.')
    .option('--drafts', 'those too that are not published')
    .option('--json', 'print a JSON list of {flowId, name}')
    .action(list);
}

async function list({ json, drafts = false }: Options): Promise<void> {
  const flows = await directly((client) => client.listFlows({ includeUnpublished: drafts }));
  if (json) printJson(flows);
  else
    printTable(
      ['ID', 'NAME'],
      flows.map(({ flowId, name }) => [flowId, name]),
    );
}
