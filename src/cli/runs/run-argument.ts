/** HOST: commands about one run that is there already: which one, and with or without Temporal. */
import type { Command } from 'commander';
import { isGuid } from '../../common/schema/guid';
import { UsageError } from '../support/errors';

export interface RunArgumentOptions {
  json?: boolean;
  direct?: boolean;
}

/** Of commands that can also ask Dataverse alone. */
export const DIRECT = 'without Temporal: the id is a flow session of Dataverse';

export function addRunArgument(command: Command, { direct = true } = {}): Command {
  command
    .argument(
      '<id>',
      direct ? 'workflow id of the run; with --direct, id of the flow session' : 'workflow id of the run',
    )
    .option('--json', 'print one JSON object');
  return direct ? command.option('--direct', DIRECT) : command;
}

export function flowSessionIn(id: string): string {
  if (isGuid(id)) return id.toLowerCase();
  throw new UsageError('with --direct the id must be that of a flow session, a GUID');
}
