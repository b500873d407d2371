/** HOST, development only: the logs of the actions of a run, in both places where Dataverse keeps them. */
import { isSuccess } from '../../../common/status';
import type { Row } from '../odata/table';
import { QUEUE_EVENTS } from '../setup/flows-file';
import { type Run, timestamp } from './run';
import { inputsOf, renderValue } from './run-outputs';

/** Choices `flowlog_type` and `flowlog_level` (Microsoft: entities/flowlog). */
const RUN_ACTION = 100_000_001;
const INFO = 100_000_002;
const ERROR = 100_000_004;

type Log = NonNullable<Run['flow']['actionLog']>;

/** The log of the run, once it can be read. */
function logOf(run: Run, now: number): Log | undefined {
  const log = run.flow.actionLog;
  if (log === undefined || run.completedAt === undefined || now < run.completedAt + log.delay)
    return undefined;
  return isSuccess(run.statusCode) && !log.ofSuccess ? undefined : log;
}

function actionsOf(run: Run, { actions }: Log): Record<string, unknown>[] {
  const inputs = inputsOf(run.inputs);
  return actions.map((action) => renderValue(action, inputs) as Record<string, unknown>);
}

/** The file `additionalcontext`: that it is JSON with a list `actions` is all that is known of it. */
export function actionLogFile(run: Run, now: number): Buffer | undefined {
  const log = logOf(run, now);
  if (log === undefined || log.version === 'v2') return undefined;
  return Buffer.from(log.text ?? JSON.stringify({ actions: actionsOf(run, log) }));
}

/** The rows of `flowlog` that belong to the run. */
export function flowLogRows(run: Run, now: number): Row[] {
  const log = logOf(run, now);
  if (log === undefined) return [];
  const events = log.queueEvents.map(({ type, data }) => ({ type: QUEUE_EVENTS[type], level: INFO, data }));
  const actions = log.version === 'v1' ? [] : actionsOf(run, log);
  const entries = [
    ...events,
    ...actions.map((data) => ({ type: RUN_ACTION, level: isError(data) ? ERROR : INFO, data })),
  ];
  const lastAt = run.completedAt ?? now;
  return entries.map(({ type, level, data }, index) => ({
    flowlogid: entryId(run, index),
    name: null,
    type,
    level,
    data: JSON.stringify(data),
    createdon: timestamp(lastAt - (entries.length - 1 - index) * 1000),
    _parentobjectid_value: run.id,
    _flowsessionid_value: run.id,
    _desktopflowid_value: run.flow.id,
    _flowmachineid_value: run.machine?.id ?? null,
    versionnumber: run.version,
  }));
}

function isError({ status }: Record<string, unknown>): boolean {
  return /fail|error/i.test(String(status));
}

function entryId({ id }: Run, index: number): string {
  return `${index.toString(16).padStart(8, '0')}${id.slice(8)}`;
}
