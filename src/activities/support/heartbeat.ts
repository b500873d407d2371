/** HOST: tells Temporal that the activity is alive, so that a dead worker is noticed and a cancellation arrives. */
import { activityInfo, heartbeat } from '@temporalio/activity';

/** Two heartbeats may be lost before the activity is taken for dead. */
const PER_TIMEOUT = 3;

/** Where the caller sets no time-out nobody waits for a heartbeat, but a cancellation still comes by the answer to one. */
const DEFAULT_INTERVAL_MS = 3_000;
/** A cancellation should arrive within seconds, however long the time-out is. */
const LONGEST_INTERVAL_MS = 10_000;

/** Does not beat at the start: most requests are over before the first is due, and Temporal Cloud bills each. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, heartbeatIntervalMs(activityInfo().heartbeatTimeoutMs));
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** @param timeoutMs of the activity; undefined or 0 where it has none. */
export function heartbeatIntervalMs(timeoutMs: number | undefined): number {
  if (!timeoutMs) return DEFAULT_INTERVAL_MS;
  return Math.min(Math.floor(timeoutMs / PER_TIMEOUT), LONGEST_INTERVAL_MS);
}
