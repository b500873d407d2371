/**
 * SANDBOX: the state of one run of `RunDesktopFlow`. Plain JSON, because continue-as-new hands it to the next
 * execution of the chain.
 */

import { isSameSession } from '../../common/flow-session';
import type { DesktopFlowRunView, RunPhase } from '../../common/messages';
import type { PortalLinks } from '../../common/portal-links';
import type {
  Deadline,
  FlowRunAttempt,
  LicenseCheck,
  RunDesktopFlowFailureDetails,
} from '../../common/result';
import { type EndedRobot, toEndedRobot } from '../../common/watch';

/** The robot of the current attempt. */
export interface Robot {
  flowSessionId: string;
  /** When this run first knew of it, epoch milliseconds. */
  knownSince: number;
  /** As Dataverse last showed it. */
  seen?: FlowRunAttempt;
  /** Looks so far; the wait between two of them grows with it. */
  looks: number;
  /** Since when it has left the queue, as far as we have seen, epoch milliseconds. */
  runningSince?: number;
  /** Since when Dataverse has shown no such row, epoch milliseconds; unset after a look that found it. */
  missingSince?: number;
  /** The limit for which it is being stopped. */
  stoppedFor?: Deadline;
  /** Duplicates: robots that the same trigger also started, and that were stopped. */
  duplicates?: string[];
  /** Workflow id of the watcher that looks at it for this run; unset while the run looks by itself. */
  watcher?: string;
  /** Set once Dataverse has shown a terminal status. */
  ended?: boolean;
  /** Set if a watcher sent the outputs with the end, or once they are fetched for an expression; null if the robot left none. */
  outputs?: Record<string, unknown> | null;
}

export interface RunState {
  /**
   * Its name in a workflow of somebody else, which may have several runs, and whose details, input and history are not the
   * run's. Unset where the workflow is the run's own.
   */
  guest?: string;
  /** Names the run in every execution, see `robot-identity.ts`. Unset in the first moment of a run. */
  origin?: string;
  /** Whether an execution of the run was reset, so that its robots may have been started before. */
  isRepeated?: boolean;
  /** Whether a trigger has carried the inputs, so that they are in the history once more than they need be. */
  inputsWereSent?: boolean;
  phase: RunPhase;
  /** Maximum number of robots in all; from the input of each execution. */
  maximumAttempts: number;
  /** Robots that have ended. */
  attempts: FlowRunAttempt[];
  robot?: Robot;
  licenseCheck?: LicenseCheck;
  /** To the flow, and to the latest robot whose activity had links. */
  links?: PortalLinks;
  /** Whether it shows search attributes, as an activity has said. */
  showsAttributes?: boolean;
  /** Sessions that a signal named. The signal can arrive before the answer to the trigger that started them. */
  hints: string[];
  /** Ends that a watcher has reported; these can arrive just as early. */
  reportedEnds?: EndedRobot[];
  /** Epoch milliseconds. */
  nextPollAt?: number;
  /** When the whole run has to be over, epoch milliseconds. */
  deadlineAt?: number;
  /** Since when nobody could reach Dataverse, epoch milliseconds. */
  outOfReachSince?: number;
  /** What Dataverse refuses at the moment, and since when, epoch milliseconds. */
  refusal?: { since: number; message: string };
}

/** More hints or ends than this at once are noise: the run looks by itself anyway. */
const MAX_HINTS = 16;

const GUID_LENGTH = 36;
const OLDER_MESSAGE_LENGTH = 200;

export function newRun(): RunState {
  return { phase: 'triggering', maximumAttempts: 1, attempts: [], hints: [] };
}

export function newRobot(
  flowSessionId: string,
  { duplicates, watcher }: Pick<Robot, 'duplicates' | 'watcher'> = {},
): Robot {
  return {
    flowSessionId,
    knownSince: Date.now(),
    looks: 0,
    ...(duplicates && { duplicates }),
    ...(watcher && { watcher }),
  };
}

/** Counts from 1. A robot that ended is already in `attempts`, and stays the current one until the next starts. */
export function attemptNumber(run: RunState): number {
  return run.robot?.ended ? run.attempts.length : run.attempts.length + 1;
}

/**
 * Records an ended robot, once. Older attempts keep less of their error messages: a history and a result must hold all.
 * @returns its attempt; undefined where it is recorded already.
 */
export function recordAttempt(run: RunState): FlowRunAttempt | undefined {
  const { robot } = run;
  if (robot?.seen === undefined || run.attempts.at(-1)?.flowSessionId === robot.flowSessionId)
    return undefined;
  const older = run.attempts.map(({ errorMessage, ...attempt }) => ({
    ...attempt,
    ...(errorMessage && { errorMessage: errorMessage.slice(0, OLDER_MESSAGE_LENGTH) }),
  }));
  const attempt = attemptFrom(robot, robot.seen);
  run.attempts = [...older, attempt];
  return attempt;
}

function attemptFrom({ stoppedFor, duplicates }: Robot, seen: FlowRunAttempt): FlowRunAttempt {
  // The robot may have ended by itself before the cancellation arrived.
  const isStopped = stoppedFor !== undefined && seen.status === 'Cancelled';
  return { ...seen, ...(isStopped && { stoppedFor }), ...(duplicates && { duplicates }) };
}

export function recordHint(run: RunState, flowSessionId: string): void {
  if (flowSessionId.length > GUID_LENGTH) return;
  run.hints = [...run.hints, flowSessionId].slice(-MAX_HINTS);
}

/** Returns whether a signal has named this robot since the hints were last forgotten. */
export function isHinted(run: RunState, robot: Robot): boolean {
  const isNamed = run.hints.some((hint) => isSameSession(hint, robot.flowSessionId));
  return isNamed || reportedEnd(run, robot) !== undefined;
}

export function forgetHints(run: RunState): void {
  run.hints = [];
}

/** Keeps an end that a watcher has read from Dataverse. Ignores anything else that this signal may carry. */
export function recordEnd(run: RunState, message: unknown): void {
  const end = toEndedRobot(message);
  if (end !== undefined) run.reportedEnds = [...(run.reportedEnds ?? []), end].slice(-MAX_HINTS);
}

/** Returns the end of this robot, if a watcher has reported it. */
export function reportedEnd(run: RunState, robot: Robot): EndedRobot | undefined {
  return run.reportedEnds?.find(({ flowSessionId }) => isSameSession(flowSessionId, robot.flowSessionId));
}

/** Takes the end of this robot as seen, if a watcher has reported it. Forgets the ends of other robots. */
export function takeEnd(run: RunState, robot: Robot): boolean {
  const end = reportedEnd(run, robot);
  run.reportedEnds = undefined;
  if (end === undefined) return false;
  const { outputs, ...seen } = end;
  robot.seen = seen;
  robot.ended = true;
  if (outputs !== undefined) robot.outputs = outputs;
  robot.missingSince = undefined;
  return true;
}

export function runView(run: RunState): DesktopFlowRunView {
  const { robot } = run;
  return {
    phase: run.phase,
    flowSessionId: robot?.flowSessionId ?? null,
    statusCode: robot?.seen?.statusCode ?? null,
    status: robot?.seen?.status ?? null,
    attempt: attemptNumber(run),
    nextPollAt: run.nextPollAt === undefined ? null : new Date(run.nextPollAt).toISOString(),
    startedOn: robot?.seen?.startedOn ?? null,
    looks: robot?.looks ?? 0,
  };
}

/** Returns the known part of the result, for the details of a failure. */
export function whatIsKnown(run: RunState): RunDesktopFlowFailureDetails {
  const { robot, licenseCheck } = run;
  const seen = robot?.seen && attemptFrom(robot, robot.seen);
  const last = seen ?? (robot ? { flowSessionId: robot.flowSessionId } : {});
  const attempts = seen && !robot?.ended ? [...run.attempts, seen] : run.attempts;
  return { ...last, outputs: robot?.outputs ?? null, attempts, ...(licenseCheck ? { licenseCheck } : {}) };
}
