/**
 * SHARED: may run anywhere. Shared polling: many runs hand their robots to one watcher, which looks at all of them at
 * once and signals each run whose robot has ended. The names on the wire, and the data.
 */
import type { DataverseTarget } from './activities';
import { type Backoff, isWatchInterval } from './backoff';
import { bytesOf } from './batch-result';
import type { FlowRunAttempt } from './result';
import { isGuid } from './schema/guid';
import { isPlainObject } from './schema/parse';
import { isTerminal, statusName } from './status';

/** Workflow type of the watcher: one per organization and credential, more for a very large number of robots. */
export const WATCH_FLOW_RUNS = 'WatchFlowRuns';

/** Signal to a watcher: also watch these robots. */
export const WATCH_MORE = 'watchFlowRuns';

/** Signal to a watcher: stop watching these robots. */
export const FORGET_WATCHED = 'forgetFlowRuns';

/** Activity type of a watch: one worker process looks at the robots of a watcher, again and again. */
export const KEEP_WATCH = 'keepWatch';

/** Signal to a watcher: the process that keeps this watch is dead, another one has to. The argument: `WatchReference`. */
export const RELIEVE_WATCH = 'relieveWatch';

/** Signal from a watcher to a run: Dataverse has just reported that its robot ended. The argument: `EndedRobot`. */
export const DESKTOP_FLOW_ENDED = 'desktopFlowEnded';

/** Maximum number of robots per watcher. Any more go to another watcher. */
export const WATCHED_BY_ONE = 1_200;

/** A watched robot, and the workflow that waits for it. */
export interface WatchedRobot {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
  workflowId: string;
  /** How often the run wants a look at it, in milliseconds. */
  poll: Backoff;
}

export interface EndedRobot extends FlowRunAttempt {
  /** Outputs of a robot that succeeded: null if it left none. Absent if the run has to fetch them, for any reason. */
  outputs?: Record<string, unknown> | null;
}

/** The robots of one organization and credential that a watcher looks at. */
export interface WatchedRobotsInput extends DataverseTarget {
  runs: Pick<WatchedRobot, 'flowSessionId' | 'workflowId'>[];
}

export interface LookAtFlowRunsResult {
  /** Robots that have ended, and whose runs now know it or are over. */
  ended: string[];
  /** Robots that Dataverse does not show, or not yet. */
  missing: string[];
}

/** One watch of a watcher. */
export interface WatchReference {
  /** Of the activity `keepWatch`. */
  activityId: string;
}

/** What a watch reports at its end. */
export interface WatchResult {
  /** Robots that need no more watching: they have ended and their runs know it, or look by themselves, or are watched by another. */
  released: string[];
  /** How many messages to the watcher the watch had read by then. */
  messages: number;
  /** Workflow id of the watcher that took the robots beyond this one's capacity. */
  next?: string;
}

/** A watcher whose history is longer than this continues as new, and a watch ends for that: so many events. */
export const LONG_WATCHER_HISTORY = 2_000;

/** How long a watcher without robots waits before it ends, in milliseconds: robots often come in series. */
export const LINGER_MS = 10_000;

/** Minimum time between two looks of a watcher, in milliseconds. */
export const SHORTEST_INTERVAL_MS = 1000;

/** Wait after a failed look, in milliseconds, where Dataverse does not say how long to wait. */
export const FAILED_LOOK_MS = 10_000;

/** Watchers of one organization and credential are numbered, `…/0`, `…/1`, and so on. */
export function nextWatcher(workflowId: string): string {
  return workflowId.replace(/\d+$/, (number) => String(Number(number) + 1));
}

export interface HandOverFlowRunsInput extends DataverseTarget {
  /** Workflow id of the watcher that takes them. */
  watcher: string;
  taskQueue: string;
  runs: WatchedRobot[];
}

/** The watcher's own activities. It runs all but `keepWatch` as local activities. */
export interface WatcherActivities {
  /** Looks at the robots of the watcher that calls it until there are none, and for some minutes at the most. */
  keepWatch(target: DataverseTarget): Promise<WatchResult>;
  /** Looks at all the robots, and signals each run whose robot has ended. */
  lookAtFlowRuns(input: WatchedRobotsInput): Promise<LookAtFlowRunsResult>;
  /** Makes each run look by itself. */
  wakeFlowRuns(input: WatchedRobotsInput): Promise<void>;
  /** Hands robots to another watcher, and starts it if it does not run. */
  handOverFlowRuns(input: HandOverFlowRunsInput): Promise<void>;
}

/** Longest workflow id that Temporal's server accepts by default, in characters. */
const MAX_WORKFLOW_ID_LENGTH = 1000;

/** Returns the robots of a message `watchFlowRuns`; drops anything else, as anybody in the namespace can send it. */
export function toWatchedRobots(message: unknown): WatchedRobot[] {
  return Array.isArray(message) ? message.filter(isWatchedRobot) : [];
}

/** Returns the session ids of a message `forgetFlowRuns`; drops anything else. */
export function toSessionIds(message: unknown): string[] {
  return Array.isArray(message) ? message.filter((id) => typeof id === 'string' && isGuid(id)) : [];
}

function isWatchedRobot(value: unknown): value is WatchedRobot {
  const { flowSessionId, workflowId, poll } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof flowSessionId === 'string' &&
    isGuid(flowSessionId) &&
    typeof workflowId === 'string' &&
    workflowId.length <= MAX_WORKFLOW_ID_LENGTH &&
    isWatchInterval(poll)
  );
}

/** Longest error message that a run keeps of a robot. The column holds 10,000 characters; every attempt is kept. */
export const MAX_ERROR_MESSAGE_LENGTH = 1000;

/** Largest outputs that a watcher sends along with the end of a robot, both as a file and as JSON. */
export const MAX_SENT_OUTPUTS_BYTES = 64 * 1024;

/** Reads a message `desktopFlowEnded` field by field; returns undefined if it is not the end of a robot. */
export function toEndedRobot(message: unknown): EndedRobot | undefined {
  const end = (message ?? {}) as Record<string, unknown>;
  const { flowSessionId, statusCode } = end;
  if (typeof flowSessionId !== 'string' || !isGuid(flowSessionId)) return undefined;
  if (typeof statusCode !== 'number' || !isTerminal(statusCode)) return undefined;
  return {
    flowSessionId,
    statusCode,
    status: statusName(statusCode),
    startedOn: textIn(end, 'startedOn') ?? null,
    completedOn: textIn(end, 'completedOn') ?? null,
    ...optionalTexts(end),
    ...(isSmallObject(end.outputs) && { outputs: end.outputs }),
  };
}

function optionalTexts(end: Record<string, unknown>) {
  const texts = (['errorCode', 'errorSubCode', 'errorMessage', 'machine'] as const).map((field) => [
    field,
    textIn(end, field),
  ]);
  return Object.fromEntries(texts.filter(([, text]) => text));
}

function textIn(end: Record<string, unknown>, field: string): string | undefined {
  const value = end[field];
  return typeof value === 'string' ? value.slice(0, MAX_ERROR_MESSAGE_LENGTH) : undefined;
}

/** Rejects outputs that are larger, or nested too deeply to be written: the run has to fetch those by itself. */
function isSmallObject(value: unknown): value is Record<string, unknown> | null {
  try {
    return value === null || (isPlainObject(value) && bytesOf(value) <= MAX_SENT_OUTPUTS_BYTES);
  } catch {
    return false;
  }
}
