/** HOST: tells Temporal that the activity is alive, so that a dead worker is noticed and a cancellation arrives. */
import { heartbeat } from '@temporalio/activity';

/** A third of the shortest heartbeat time-out that the workflow sets. */
const INTERVAL_MS = 3_000;

/** None at the start: most requests are over before the first is due, and Temporal Cloud bills each. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
