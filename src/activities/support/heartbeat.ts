/** HOST: heartbeats, so that Temporal notices a dead worker and a cancellation arrives. */
import { activityInfo, heartbeat } from '@temporalio/activity';

/** Heartbeats per time-out: two may be lost before Temporal takes the activity for dead. */
const PER_TIMEOUT = 3;

/** Without a time-out nobody waits for a heartbeat, but a cancellation still arrives in the answer to one. */
const DEFAULT_INTERVAL_MS = 3_000;
/** A cancellation should arrive within seconds, no matter how long the time-out is. */
const LONGEST_INTERVAL_MS = 10_000;

/** Heartbeats during the work, but not at its start: most requests end before that, and Temporal Cloud bills each. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, heartbeatIntervalMs(activityInfo().heartbeatTimeoutMs));
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** @param timeoutMs heartbeat time-out of the activity; undefined or 0 if it has none. */
export function heartbeatIntervalMs(timeoutMs: number | undefined): number {
  if (!timeoutMs) return DEFAULT_INTERVAL_MS;
  return Math.min(Math.floor(timeoutMs / PER_TIMEOUT), LONGEST_INTERVAL_MS);
}
