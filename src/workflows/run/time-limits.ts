/** SANDBOX: the limits of one robot: the time in the queue, and its own time-out. */
import type { ParsedRunDesktopFlowInput, RobotsFate } from '../../common/input';
import type { Deadline } from '../../common/result';
import type { Robot } from './state';

/** Dataverse itself ends a robot at its time-out, with a delay that is not documented. */
const OVERRUN_GRACE_MS = 5 * 60_000;

export interface Limit {
  name: Deadline;
  /** Epoch milliseconds. */
  at: number;
  fate: RobotsFate;
}

/** Returns the limit that applies to the robot now, if any. */
export function limitOf(input: ParsedRunDesktopFlowInput, robot: Robot): Limit | undefined {
  const { knownSince, runningSince } = robot;
  if (runningSince === undefined) {
    const { queueTimeout, onQueueTimeout: fate } = input;
    return queueTimeout === undefined
      ? undefined
      : { name: 'queueTimeout', at: knownSince + queueTimeout, fate };
  }
  if ('flowSessionId' in input || input.timeout === undefined) return undefined;
  const at = runningSince + input.timeout * 1000 + OVERRUN_GRACE_MS;
  return { name: 'timeout', at, fate: input.onTimeout };
}

/** Whether the robot is still in the queue: no machine has taken it yet. */
export function isQueued({ seen }: Robot): boolean {
  return seen === undefined || seen.status === 'Waiting' || seen.status === 'NotSpecified';
}
