/** HOST: `desktop-flow schema`: what a desktop flow takes and returns. */
import type { Command } from 'commander';
import { fetchFlow } from '../../codegen/flow-source';
import { type FlowParameter, readFlowSchema } from '../../schemas/flow-schema';
import { directly, refuseFlow } from '../runs/direct';
import { printJson } from '../runs/report';
import { printTable } from '../support/table';

export function configure(command: Command): void {
  command
    .description('Tells what a desktop flow takes and returns.')
    .argument('<flow>', 'id or name; a name must be that of one published flow alone')
    .option('--json', 'print {flowId, name, inputs, outputs} with the schemas as Dataverse has them')
    .addHelpText('after', '\nThe JSON is a file for desktop-flow codegen --file.')
    .action(tell);
}

async function tell(flow: string, { json }: { json?: boolean }): Promise<void> {
  const found = await directly((client) => fetchFlow(client, flow).catch(refuseFlow));
  if (json) {
    printJson(found);
    return;
  }
  console.log(`${found.name ?? 'A flow without a name'} (${found.flowId})`);
  print('Inputs', readFlowSchema(found.inputs), true);
  print('Outputs', readFlowSchema(found.outputs), false);
}

function print(what: string, parameters: FlowParameter[], areInputs: boolean): void {
  console.log(parameters.length === 0 ? `\n${what}: none` : `\n${what}:`);
  if (parameters.length === 0) return;
  const rows = parameters.map(({ name, type, isRequired, default: value, description }) => {
    const given = isRequired ? 'required' : value === undefined ? 'optional' : `default ${value}`;
    return [name, type, ...(areInputs ? [given] : []), description];
  });
  printTable(['NAME', 'TYPE', ...(areInputs ? ['GIVEN'] : []), 'DESCRIPTION'], rows);
}
