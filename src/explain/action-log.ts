/**
 * HOST: the log of a run's actions, wherever Dataverse keeps it: the file `additionalcontext` of the run (version 1), or the
 * table `flowlog` (version 2). Which of them an environment has is set in the Power Platform admin center. Whether runs that
 * were started by the API leave either is not documented, and of version 2 Microsoft says that they do not. So that there is
 * none is a normal answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionLog, LoggedAction, QueueEvent } from '../common/explanation';
import { messageOf } from '../common/message-of';
import { isPlainObject } from '../common/schema/parse';
import type { DataverseClient, DataverseError, FlowLogEntry, RunRecord } from '../dataverse';
import { type Entry, isFailed, startOf, toLoggedAction } from './action-entry';
import { type Clean, cleanFields, shortened } from './clean';
import type { Excuse } from './excuse';

/** Above this, reading the JSON would hold a worker up. Microsoft: up to 80,000 actions, of some 3 KB each. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** Choice `flowlog_type` (Microsoft: entities/flowlog). */
const RUN_ACTION = 100_000_001;
const QUEUE_EVENTS: Readonly<Record<number, string>> = {
  100000002: 'DesktopFlowRunQueuePriorityChanged',
  100000003: 'DesktopFlowRunQueued',
  100000004: 'DesktopFlowRunQueueAssigned',
  100000005: 'DesktopFlowRunQueueAssignFailed',
  100000006: 'DesktopFlowRunQueueRunConfirmed',
  100000007: 'DesktopFlowRunQueueRunCompleted',
};
/** Choice `flowlog_level`. */
const ERROR_LEVEL = 100_000_004;

const MOST_QUEUE_EVENTS = 20;

/** The log may come after the end; how long after is not documented. */
const MAY_STILL_COME_MS = 30_000;
const AGAIN_AFTER_MS = 2_000;
const MOST_LOOKS = 3;

export interface ReadLog {
  log: ActionLog;
  failedAction?: LoggedAction;
  lastAction?: LoggedAction;
  queueEvents?: QueueEvent[];
}

interface Options {
  clean: Clean;
  excuse: Excuse;
  signal?: AbortSignal;
}

/** @throws what `excuse` throws. */
export async function readActionLog(
  client: DataverseClient,
  run: RunRecord,
  options: Options,
): Promise<ReadLog> {
  const endedAt = Date.parse(run.completedOn ?? '');
  for (let looks = 1; ; looks += 1) {
    const read = await readOnce(client, run, options);
    const mayCome = Date.now() - endedAt < MAY_STILL_COME_MS && looks < MOST_LOOKS;
    if (read.log.source !== 'none' || !read.isEmpty || !mayCome) return withoutFlag(read);
    await sleep(AGAIN_AFTER_MS, undefined, { signal: options.signal });
  }
}

/** `isEmpty`: no log is there, as opposed to one that cannot be read. */
type Read = ReadLog & { isEmpty?: boolean };

function withoutFlag({ isEmpty: _isEmpty, ...read }: Read): ReadLog {
  return read;
}

async function readOnce(client: DataverseClient, run: RunRecord, options: Options): Promise<Read> {
  const [file, table] = await Promise.all([readFile(client, run, options), readTable(client, run, options)]);
  const queueEvents =
    'queueEvents' in table && table.queueEvents.length > 0 ? { queueEvents: table.queueEvents } : {};
  const found = 'entries' in file ? file : 'entries' in table ? table : undefined;
  if (found !== undefined) {
    const log: ActionLog = {
      source: found === file ? 'additionalcontext' : 'flowlog',
      actions: found.entries.length,
      ...(found.isPartial && { isPartial: true }),
    };
    return { log, ...markedActions(found.entries, options.clean), ...queueEvents };
  }
  const reasons = [file, table].flatMap((part) => ('because' in part ? [part.because] : []));
  const isEmpty = reasons.every(({ isNothing }) => isNothing);
  const why = isEmpty
    ? 'the run has left none, neither in the file additionalcontext nor in the table flowlog. Environments may be set to keep ' +
      'none, and Microsoft promises one only for runs that a cloud flow has started'
    : reasons.map(({ text }) => text).join('; ');
  const because = shortened(options.clean(`No log, because ${why}.`), 1000);
  return { log: { source: 'none', because }, isEmpty, ...queueEvents };
}

interface Because {
  because: { text: string; isNothing?: boolean };
}

interface Entries {
  entries: Entry[];
  isPartial?: boolean;
}

async function readFile(
  client: DataverseClient,
  run: RunRecord,
  { excuse, signal }: Options,
): Promise<Entries | Because> {
  let text: string | null;
  try {
    text = await client.getActionLog(run.flowSessionId, { signal, maxBytes: MAX_LOG_BYTES });
  } catch (error) {
    return { because: { text: reason(excuse(error), 'the file additionalcontext') } };
  }
  if (text === null) return { because: { text: 'the run has no file additionalcontext', isNothing: true } };
  try {
    const { actions } = JSON.parse(text) as { actions?: unknown };
    if (Array.isArray(actions)) return { entries: actions.filter(isPlainObject) };
  } catch {
    // The parser's own message quotes the text.
  }
  return { because: { text: 'the file additionalcontext is not JSON with a list of actions' } };
}

async function readTable(
  client: DataverseClient,
  { flowSessionId }: RunRecord,
  { clean, excuse, signal }: Options,
): Promise<(Entries | Because) & { queueEvents: QueueEvent[] }> {
  try {
    const { entries, isPartial } = await client.getFlowLog(flowSessionId, { signal });
    const oldestFirst = entries.toSorted((one, other) => timeOf(one) - timeOf(other));
    const actions = oldestFirst.filter(({ type }) => type === RUN_ACTION).map(toEntry);
    const queueEvents = oldestFirst.flatMap((entry) => toQueueEvent(entry, clean)).slice(-MOST_QUEUE_EVENTS);
    if (actions.length > 0) return { entries: actions, isPartial, queueEvents };
    return { because: { text: 'the table flowlog has no action of the run', isNothing: true }, queueEvents };
  } catch (error) {
    return { because: { text: reason(excuse(error), 'the table flowlog') }, queueEvents: [] };
  }
}

function timeOf({ createdOn }: FlowLogEntry): number {
  return Date.parse(createdOn ?? '') || 0;
}

/** The level says that an action failed, where its data do not. */
function toEntry({ data, level }: FlowLogEntry): Entry {
  const entry = parsed(data);
  return level === ERROR_LEVEL && !isFailed(entry) ? { ...entry, status: 'Error' } : entry;
}

function toQueueEvent({ type, createdOn, data }: FlowLogEntry, clean: Clean): QueueEvent[] {
  const label = QUEUE_EVENTS[type ?? 0];
  if (label === undefined) return [];
  const fields = cleanFields(parsed(data), clean);
  return [{ type: label, on: createdOn, ...(Object.keys(fields).length > 0 && { data: fields }) }];
}

function parsed(json: string | null): Entry {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return isPlainObject(value) ? value : { data: value };
  } catch {
    return { data: json };
  }
}

/** The last one that failed: a flow may have handled the failure of others. Where a subflow failed, its own action counts. */
function markedActions(
  entries: readonly Entry[],
  clean: Clean,
): Pick<ReadLog, 'failedAction' | 'lastAction'> {
  const inOrder = entries.every((entry) => !Number.isNaN(startOf(entry)))
    ? entries.toSorted((one, other) => startOf(one) - startOf(other))
    : entries;
  const failed = inOrder.findLast(isFailed);
  if (failed !== undefined) return { failedAction: toLoggedAction(failed, clean) };
  const last = inOrder.at(-1);
  return last === undefined ? {} : { lastAction: toLoggedAction(last, clean) };
}

function reason(error: DataverseError, what: string): string {
  switch (error.kind) {
    case 'forbidden':
    case 'unauthorized':
      return `the application user may not read ${what} (${messageOf(error)})`;
    case 'notFound':
      return `${what} is not there (${messageOf(error)})`;
    case 'badRequest':
      return `Dataverse refuses to read ${what} (${messageOf(error)})`;
    case 'tooLarge':
      return `${what} has ${error.size ?? 'too many'} bytes, more than the ${MAX_LOG_BYTES} that are read`;
    default:
      return `${what} could not be read (${messageOf(error)})`;
  }
}
