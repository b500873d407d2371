/** HOST, development only: reads durations as Temporal writes them. */
import { type Duration, msToNumber } from '@temporalio/common/lib/time';
import * as z from 'zod';

export type { Duration };

/** Converts a duration to milliseconds; throws with the text that was wrong. */
export function toMs(duration: Duration): number {
  const ms = tryMs(duration);
  if (ms === undefined) {
    throw new TypeError(`Not a duration: ${JSON.stringify(duration)}. Write '2s', '10m' or milliseconds.`);
  }
  return ms;
}

/** Reads '2s', '10m' or milliseconds into milliseconds. */
export const durationSchema = z
  .custom<Duration>((value) => tryMs(value as Duration) !== undefined, {
    error: "must be a duration such as '2s' or '10m', or milliseconds",
  })
  .transform(toMs);

function tryMs(duration: Duration): number | undefined {
  try {
    const ms = msToNumber(duration);
    return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
  } catch {
    return undefined;
  }
}
