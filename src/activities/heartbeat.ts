/** HOST: tells Temporal that the activity is alive, so that a dead worker is noticed and a cancellation arrives. */
import { heartbeat } from '@temporalio/activity';

/** A third of the shortest heartbeat time-out that the workflow sets. */
const INTERVAL_MS = 10_000;

export async function whileHeartbeating<T>(work: () => Promise<T>, details?: unknown): Promise<T> {
  const beat = () => heartbeat(details);
  beat();
  const timer = setInterval(beat, INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
