/** HOST: waits until it can be told whether a trigger whose answer was lost has started a robot. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataverseError, isRefusal } from '../dataverse';
import type { Doubt } from './attempts';
import { type Found, findByKey, judge, type LostTrigger, type Verdict } from './look-up';

/** A row is there at once as a rule; one that is not is looked for less and less often. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** Two rows of one trigger become visible one after the other: once there is one, a second look is taken. */
const SECOND_LOOK_AFTER_MS = 1000;

/** @throws DataverseError when Dataverse is out of reach: nothing is settled, and the doubt stays. */
export async function settle(lost: LostTrigger, { settledAt }: Doubt): Promise<Verdict> {
  for (let waitMs = FIRST_WAIT_MS; Date.now() < settledAt; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const found = await findByKey(lost).catch(passing);
    const leftMs = Math.max(0, settledAt - Date.now());
    if (found !== undefined) {
      await sleep(Math.min(SECOND_LOOK_AFTER_MS, leftMs));
      return (await findByKey(lost).catch(passing)) ?? found;
    }
    await sleep(Math.min(waitMs, leftMs));
  }
  try {
    return (await findByKey(lost).catch(passing)) ?? (await judge(lost));
  } catch (error) {
    passing(error);
    return { kind: 'unclear', why: `looking for it was refused (${(error as DataverseError).message})` };
  }
}

/** The robot of a trigger that is in flight, once its caller does not want to wait for the answer any longer. */
export async function whenFound(
  lost: LostTrigger,
  impatient: AbortSignal,
  done: AbortSignal,
): Promise<Found> {
  await new Promise((resolve) => {
    if (impatient.aborted) resolve(undefined);
    else impatient.addEventListener('abort', resolve, { once: true, signal: done });
  });
  for (
    let waitMs = FIRST_WAIT_MS;
    !done.aborted && lost.key !== undefined;
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  ) {
    const found = await findByKey(lost).catch(() => undefined);
    await sleep(found ? SECOND_LOOK_AFTER_MS : waitMs, undefined, { signal: done }).catch(() => undefined);
    if (found) return (await findByKey(lost).catch(() => undefined)) ?? found;
  }
  return new Promise(() => undefined);
}

/** What Dataverse refuses for good tells nothing; anything else may pass. */
function passing(error: unknown): undefined {
  if (isRefusal(error)) return undefined;
  throw error;
}
