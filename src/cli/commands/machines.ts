/** HOST: `desktop-flow machines`: where robots run. */
import type { Command } from 'commander';
import { directly } from '../runs/direct';
import { printJson } from '../runs/report';
import { elapsed } from '../support/progress';
import { printTable } from '../support/table';

export function configure(command: Command): void {
  command
    .description('Lists the machines that the application user may read, and when each was heard of last.')
    .option('--json', 'print a JSON list of {machineId, name, lastHeartbeatOn}')
    .action(list);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const machines = await directly((client) => client.listMachines());
  if (json) {
    printJson(machines);
    return;
  }
  const rows = machines.map(({ machineId, name, lastHeartbeatOn }) => [
    machineId,
    name,
    ago(lastHeartbeatOn),
  ]);
  printTable(['ID', 'NAME', 'HEARD OF'], rows);
}

function ago(iso: string | null): string {
  return iso === null ? 'never' : `${elapsed(Math.max(0, Date.now() - Date.parse(iso)))} ago`;
}
