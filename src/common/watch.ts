/**
 * SHARED: may run anywhere. Shared polling: many runs hand their robots to one watcher, which asks Dataverse for all of
 * them at once and signals each run whose robot has ended. Names on the wire, and what goes over it.
 */
import type { DataverseTarget } from './activities';
import { type Backoff, isWatchInterval } from './backoff';
import { bytesOf } from './batch-result';
import type { FlowRunAttempt } from './result';
import { isGuid } from './schema/guid';
import { isTerminal, statusName } from './status';

/** Workflow type of the watcher: one per organization and credential, more where it watches very many. */
export const WATCH_FLOW_RUNS = 'WatchFlowRuns';

/** Signal to a watcher: watch these robots too. */
export const WATCH_MORE = 'watchFlowRuns';

/** Signal to a watcher: these robots need not be watched any longer. */
export const FORGET_WATCHED = 'forgetFlowRuns';

/** Signal from a watcher to a run: its robot has ended, as Dataverse has just told. Its argument: `EndedRobot`. */
export const DESKTOP_FLOW_ENDED = 'desktopFlowEnded';

/** Robots of one watcher. What is more goes to a watcher of its own. */
export const WATCHED_BY_ONE = 1_200;

/** A robot that is watched, and the workflow that waits for it. */
export interface WatchedRobot {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
  workflowId: string;
  /** How often the run wants it looked at, in milliseconds. */
  poll: Backoff;
}

export interface EndedRobot extends FlowRunAttempt {
  /** Of a robot that succeeded: null where it left none. Absent where the run has to fetch them, for whatever reason. */
  outputs?: Record<string, unknown> | null;
}

/** Robots of one organization and credential: what a watcher asks for. */
export interface WatchedRobotsInput extends DataverseTarget {
  runs: Pick<WatchedRobot, 'flowSessionId' | 'workflowId'>[];
}

export interface LookAtFlowRunsResult {
  /** Robots that have ended, and whose runs know it now or are over. */
  ended: string[];
  /** Robots that Dataverse does not show, or not yet. */
  missing: string[];
}

export interface HandOverFlowRunsInput extends DataverseTarget {
  /** Workflow id of the watcher that takes them. */
  watcher: string;
  taskQueue: string;
  runs: WatchedRobot[];
}

/** The watcher's own activities, which it runs as local ones. */
export interface WatcherActivities {
  /** Asks for all the robots, and signals each run whose robot has ended. */
  lookAtFlowRuns(input: WatchedRobotsInput): Promise<LookAtFlowRunsResult>;
  /** Has each run look for itself. */
  wakeFlowRuns(input: WatchedRobotsInput): Promise<void>;
  /** Hands robots to another watcher, which is started where it does not run. */
  handOverFlowRuns(input: HandOverFlowRunsInput): Promise<void>;
}

/** Longest id of a workflow that Temporal's server takes by default, in characters. */
const MAX_WORKFLOW_ID_LENGTH = 1000;

/** The robots of a message `watchFlowRuns`; what is not one is left out, because anybody in the namespace can send it. */
export function toWatchedRobots(message: unknown): WatchedRobot[] {
  return Array.isArray(message) ? message.filter(isWatchedRobot) : [];
}

/** The session ids of a message `forgetFlowRuns`; anything else is left out. */
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

const MAX_OUTPUTS_BYTES = 64 * 1024;
const MAX_TEXT_LENGTH = 1000;

/** The end of a message `desktopFlowEnded`, field by field; undefined where the message is not the end of a robot. */
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
  const errorCode = textIn(end, 'errorCode');
  const errorSubCode = textIn(end, 'errorSubCode');
  const errorMessage = textIn(end, 'errorMessage');
  return {
    ...(errorCode && { errorCode }),
    ...(errorSubCode && { errorSubCode }),
    ...(errorMessage && { errorMessage }),
  };
}

function textIn(end: Record<string, unknown>, field: string): string | undefined {
  const value = end[field];
  return typeof value === 'string' ? value.slice(0, MAX_TEXT_LENGTH) : undefined;
}

/** Larger ones, or those that are nested too deeply to be written, the run has to fetch by itself. */
function isSmallObject(value: unknown): value is Record<string, unknown> | null {
  if (value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  try {
    return bytesOf(value) <= MAX_OUTPUTS_BYTES;
  } catch {
    return false;
  }
}
