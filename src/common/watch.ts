/**
 * SHARED: may run anywhere. Shared polling: many runs hand their robots to one watcher, which asks Dataverse for all of
 * them at once and signals each run whose robot has ended. Names on the wire, and what goes over it.
 */
import type { DataverseTarget } from './activities';
import type { Backoff } from './backoff';
import type { FlowRunAttempt } from './result';

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

interface LookAtFlowRunsResult {
  /** Robots that have ended, and whose runs know it now or are over. */
  ended: string[];
  /** Robots that Dataverse does not show, or not yet. */
  missing: string[];
}

interface HandOverFlowRunsInput extends DataverseTarget {
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

/** A signal can come from anywhere in the namespace. */
export function isWatchedRobot(value: unknown): value is WatchedRobot {
  const { flowSessionId, workflowId, poll } = (value ?? {}) as Partial<WatchedRobot>;
  const isBackoff =
    typeof poll === 'object' && Object.values(poll).every((number) => Number.isFinite(number) && number > 0);
  return typeof flowSessionId === 'string' && typeof workflowId === 'string' && isBackoff;
}
