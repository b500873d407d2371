/**
 * SANDBOX: what one run of `RunDesktopFlow` knows. Plain JSON, because continue-as-new hands it to the next
 * execution of the chain.
 */
import { isSameSession } from '../../common/flow-session';
import type { DesktopFlowRunView, RunPhase } from '../../common/messages';
import type {
  Deadline,
  FlowRunAttempt,
  LicenseCheck,
  RunDesktopFlowFailureDetails,
} from '../../common/result';
import { isTerminal } from '../../common/status';
import type { EndedRobot } from '../../common/watch';

/** The robot of the current attempt. */
export interface Robot {
  flowSessionId: string;
  /** When this run got to know it, epoch milliseconds. */
  knownSince: number;
  /** As Dataverse last told it. */
  seen?: FlowRunAttempt;
  /** Looks so far; the wait between two of them grows with it. */
  looks: number;
  /** Since when it is no longer in the queue, as far as we have seen, epoch milliseconds. */
  runningSince?: number;
  /** Since when Dataverse says that there is no such row, epoch milliseconds; unset after a look that found it. */
  missingSince?: number;
  /** The limit that it is being stopped for. */
  stoppedFor?: Deadline;
  /** Robots that the same trigger has started too, and that were stopped. */
  duplicates?: string[];
  /** Workflow id of the watcher that looks at it for this run; unset while the run looks by itself. */
  watcher?: string;
  /** Set once Dataverse told a terminal status. */
  ended?: boolean;
  /** Where a watcher sent them with the end; null: it left none. */
  outputs?: Record<string, unknown> | null;
}

export interface RunState {
  phase: RunPhase;
  /** Robots that have ended. */
  attempts: FlowRunAttempt[];
  robot?: Robot;
  licenseCheck?: LicenseCheck;
  /** Sessions that a signal named. It can arrive before the answer of the trigger that started them. */
  hints: string[];
  /** Ends that a watcher has told, which can arrive as early. */
  told?: EndedRobot[];
  /** Epoch milliseconds. */
  nextPollAt?: number;
  /** When the whole has to be over, epoch milliseconds. */
  deadlineAt?: number;
  /** Since when nobody could ask Dataverse, epoch milliseconds. */
  outOfReachSince?: number;
}

/** More hints, or ends, than this at once are noise: the run looks by itself anyway. */
const MAX_HINTS = 16;

const GUID_LENGTH = 36;
const OLDER_MESSAGE_LENGTH = 200;

export function newRun(): RunState {
  return { phase: 'triggering', attempts: [], hints: [] };
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

/** From 1. A robot that ended is in `attempts` already, and stays the current one until the next is started. */
export function attemptNumber(run: RunState): number {
  return run.robot?.ended ? run.attempts.length : run.attempts.length + 1;
}

/** The robot has ended. Older attempts keep less of their error messages: a history and a result must hold them all. */
export function recordAttempt(run: RunState): void {
  const { robot } = run;
  if (robot?.seen === undefined || run.attempts.at(-1)?.flowSessionId === robot.flowSessionId) return;
  const older = run.attempts.map(({ errorMessage, ...attempt }) => ({
    ...attempt,
    ...(errorMessage && { errorMessage: errorMessage.slice(0, OLDER_MESSAGE_LENGTH) }),
  }));
  run.attempts = [...older, attemptOf(robot, robot.seen)];
}

function attemptOf({ stoppedFor, duplicates }: Robot, seen: FlowRunAttempt): FlowRunAttempt {
  // It may have ended by itself before the cancel came.
  const isStopped = stoppedFor !== undefined && seen.status === 'Cancelled';
  return { ...seen, ...(isStopped && { stoppedFor }), ...(duplicates && { duplicates }) };
}

export function recordHint(run: RunState, flowSessionId: string): void {
  if (flowSessionId.length > GUID_LENGTH) return;
  run.hints = [...run.hints, flowSessionId].slice(-MAX_HINTS);
}

/** True once for each time that a signal named this robot. */
export function isHinted(run: RunState, robot: Robot): boolean {
  const isNamed = run.hints.some((hint) => isSameSession(hint, robot.flowSessionId));
  return isNamed || toldEnd(run, robot) !== undefined;
}

export function forgetHints(run: RunState): void {
  run.hints = [];
}

/** A watcher has read it from Dataverse. Whatever else may come by this signal is no end of a robot. */
export function recordEnd(run: RunState, end: EndedRobot): void {
  if (typeof end?.flowSessionId !== 'string' || end.flowSessionId.length > GUID_LENGTH) return;
  if (isTerminal(end.statusCode)) run.told = [...(run.told ?? []), end].slice(-MAX_HINTS);
}

/** The end of this robot, where a watcher has told it. */
export function toldEnd(run: RunState, robot: Robot): EndedRobot | undefined {
  return run.told?.find(({ flowSessionId }) => isSameSession(flowSessionId, robot.flowSessionId));
}

/** Takes the end of this robot for seen, where a watcher has told it; ends of others are over and done with. */
export function takeEnd(run: RunState, robot: Robot): boolean {
  const end = toldEnd(run, robot);
  run.told = undefined;
  if (end === undefined) return false;
  const { outputs, ...seen } = end;
  robot.seen = seen;
  robot.ended = true;
  if (typeof outputs === 'object' && !Array.isArray(outputs)) robot.outputs = outputs;
  robot.missingSince = undefined;
  return true;
}

export function view(run: RunState): DesktopFlowRunView {
  const { robot } = run;
  return {
    phase: run.phase,
    flowSessionId: robot?.flowSessionId ?? null,
    statusCode: robot?.seen?.statusCode ?? null,
    status: robot?.seen?.status ?? null,
    attempt: attemptNumber(run),
    nextPollAt: run.nextPollAt === undefined ? null : new Date(run.nextPollAt).toISOString(),
  };
}

/** What is known of the result, for the details of a failure. */
export function whatIsKnown(run: RunState): RunDesktopFlowFailureDetails {
  const { robot, licenseCheck } = run;
  const seen = robot?.seen && attemptOf(robot, robot.seen);
  const last = seen ?? (robot ? { flowSessionId: robot.flowSessionId } : {});
  const attempts = seen && !robot?.ended ? [...run.attempts, seen] : run.attempts;
  return { ...last, outputs: null, attempts, ...(licenseCheck ? { licenseCheck } : {}) };
}
