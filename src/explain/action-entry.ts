/**
 * HOST: one action of a log, from an entry that nobody documents. What the portal shows of an action is known (start, subflow,
 * action index, action name, duration, log level, status; Microsoft: monitor-run-details), but not how the log writes it. So
 * a field is found by what it may be called, and everything is kept.
 */
import type { LoggedAction } from '../common/explanation';
import { isPlainObject } from '../common/schema/parse';
import { type Clean, cleanFields, cleanText } from './clean';

export type Entry = Record<string, unknown>;

/** The likeliest name first, in lower case and without separators. */
const NAMES = {
  name: ['actionname', 'displayname', 'name', 'action', 'title', 'actiontype'],
  subflow: ['subflowname', 'subflow', 'functionname', 'function'],
  index: ['actionindex', 'index', 'linenumber', 'line', 'logindex'],
  status: ['status', 'state', 'result', 'outcome'],
  text: ['errormessage', 'error', 'errordetails', 'exception', 'failure', 'errortext'],
  startedOn: ['starttime', 'startedon', 'start', 'timestamp'],
} as const;

const LONGEST_NAME = 200;
const LONGEST_TEXT = 2000;

/** How a status says that an action failed, as far as its words are known. */
const FAILED = /^(fail|fault|error|timed? ?out|abort)/i;

export function isFailed(entry: Entry): boolean {
  const status = field(entry, 'status');
  if (typeof status === 'string' && status !== '') return FAILED.test(status.trim());
  return textOf(field(entry, 'text')) !== undefined;
}

export function startOf(entry: Entry): number {
  const start = field(entry, 'startedOn');
  return typeof start === 'number' ? start : Date.parse(String(start));
}

export function toLoggedAction(entry: Entry, clean: Clean): LoggedAction {
  const short = (value: unknown, length = LONGEST_NAME) => cleanText(textOf(value), clean, length);
  const index = Number(field(entry, 'index') ?? Number.NaN);
  const known = {
    name: short(field(entry, 'name')),
    subflow: short(field(entry, 'subflow')),
    ...(Number.isSafeInteger(index) && { index }),
    status: short(field(entry, 'status')),
    text: short(field(entry, 'text'), LONGEST_TEXT),
    startedOn: short(field(entry, 'startedOn')),
  };
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { ...present, fields: cleanFields(entry, clean) };
}

function field(entry: Entry, what: keyof typeof NAMES): unknown {
  const byName = new Map(
    Object.entries(entry).map(([name, value]) => [name.toLowerCase().replace(/[\s_-]/g, ''), value]),
  );
  for (const name of NAMES[what]) {
    const value = byName.get(name);
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

/** A text, or that in an object. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return String(value);
  if (!isPlainObject(value)) return undefined;
  return textOf(value.message ?? value.Message ?? value.name ?? value.text);
}
