/** HOST: waits until it can be told whether a trigger whose answer was lost has started a robot. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DataverseError, isRefusal } from '../../dataverse';
import { type Found, findByKey, judge, type LostTrigger, type Verdict } from './candidates';
import type { Doubt } from './doubt';

/** A row is there at once as a rule; one that is not is looked for less and less often. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** Two rows of one trigger become visible one after the other: once there is one, a second look is taken. */
const SECOND_LOOK_AFTER_MS = 1000;

/** @throws DataverseError when Dataverse is out of reach: nothing is settled, and the doubt stays. */
export async function settle(lost: LostTrigger, { settledAt }: Doubt): Promise<Verdict> {
  const found = await lookUntil(
    () => Date.now() >= settledAt,
    () => findByKey(lost).catch(passing),
    (ms) => sleep(Math.max(0, Math.min(ms, settledAt - Date.now()))),
  );
  if (found !== undefined) return found;
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
  const found = await lookUntil(
    () => done.aborted || lost.key === undefined,
    () => findByKey(lost).catch(() => undefined),
    (ms) => sleep(ms, undefined, { signal: done }).catch(() => undefined),
  );
  return found ?? new Promise(() => undefined);
}

/** Looks less and less often, and once more after it has found something. */
async function lookUntil(
  isOver: () => boolean,
  look: () => Promise<Found | undefined>,
  pause: (ms: number) => Promise<void>,
): Promise<Found | undefined> {
  for (let waitMs = FIRST_WAIT_MS; !isOver(); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const found = await look();
    await pause(found === undefined ? waitMs : SECOND_LOOK_AFTER_MS);
    if (found !== undefined) return (await look()) ?? found;
  }
  return undefined;
}

/** What Dataverse refuses for good tells nothing; anything else may pass. */
function passing(error: unknown): undefined {
  if (isRefusal(error)) return undefined;
  throw error;
}
