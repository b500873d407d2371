/** HOST: `desktop-flow list`: runs of Temporal, or robots of Dataverse, by flow, status, error code and time. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { toMs } from '../../common/schema/fields';
import { findRobots, type WantedRobots } from '../runs/find-robots';
import { findRuns, RUN_STATUSES, type RunStatus } from '../runs/find-runs';
import { printJson } from '../runs/report';
import { DIRECT } from '../runs/run-argument';
import { withTemporal } from '../support/clients';
import { UsageError } from '../support/errors';
import { elapsed } from '../support/progress';
import { printTable } from '../support/table';

const NOTES = `
Runs come from Temporal, newest first: status and time from its visibility store, which lags behind by some seconds; the
flow from the input of each run, and the error code from its end, which takes one request for each run that is looked at,
at most 1000. The input has the flow's id: for a name, Dataverse is asked.

With --direct robots come from Dataverse, whoever has started them; --status is then one of a robot, such as Faulted.

--since and --until are times (2026-11-27T08:00Z) or how long ago (90m, 7d).`;

const DEFAULT_LIMIT = 20;

interface Options extends WantedRobots {
  json?: boolean;
  direct?: boolean;
}

export function configure(command: Command): void {
  command
    .description('Lists runs, or robots.')
    .option('--flow <id or name>', 'of this desktop flow')
    .option('--status <status>', `one of ${RUN_STATUSES.join(', ')}`)
    .option('--error-code <code>', 'whose robot ended with this code, such as NoCandidateMachine')
    .option('--since <time>', 'started then or later', time)
    .option('--until <time>', 'started before', time)
    .addOption(new Option('--limit <number>', 'at most so many').argParser(count).default(DEFAULT_LIMIT))
    .option('--json', 'print a JSON list')
    .option('--direct', DIRECT.replace(/: .*/, ': robots, from Dataverse'))
    .addHelpText('after', NOTES)
    .action((options: Options) => (options.direct ? listRobots(options) : listRuns(options)));
}

async function listRuns({ status, json, ...wanted }: Options): Promise<void> {
  const known = RUN_STATUSES.find((name) => name === status);
  if (status !== undefined && known === undefined) {
    throw new UsageError(`--status must be one of ${RUN_STATUSES.join(', ')}`);
  }
  await withTemporal(async (temporal) => {
    const found = await findRuns(temporal, { ...wanted, status: known as RunStatus | undefined });
    if (json) {
      printJson(found);
      return;
    }
    const rows = found.map(({ workflowId, status, startTime, closeTime, type, errorCode }) => [
      workflowId,
      status,
      startTime,
      closeTime === null ? '' : elapsed(Date.parse(closeTime) - Date.parse(startTime)),
      [type, errorCode].filter(Boolean).join(' '),
    ]);
    printTable(['WORKFLOW ID', 'STATUS', 'STARTED', 'TOOK', 'FAILURE'], rows);
  });
}

async function listRobots({ json, ...wanted }: Options): Promise<void> {
  const found = await findRobots(wanted);
  if (json) {
    printJson(found);
    return;
  }
  const rows = found.map(({ flowSessionId, status, createdOn, errorCode }) => [
    flowSessionId,
    status,
    createdOn,
    errorCode ?? '',
  ]);
  printTable(['FLOW SESSION', 'STATUS', 'CREATED', 'ERROR CODE'], rows);
}

/** A number alone could be anything. */
function time(text: string): Date {
  const isNumber = /^\d+(\.\d+)?$/.test(text.trim());
  const ago = isNumber ? undefined : toMs(text);
  const at = ago === undefined ? Date.parse(isNumber ? '' : text) : Date.now() - ago;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be a time, or how long ago, such as 90m or 7d.');
  return new Date(at);
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 9999.');
  return Number(text);
}
