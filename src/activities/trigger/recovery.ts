/**
 * HOST: what is done about a doubt: looks for the robot of a trigger until its outcome can be told, and adopts the robot,
 * or answers that none was started, or fails because it cannot be told. The protocol is in `trigger-flow-run.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '@temporalio/activity';
import type { TriggerFlowRunResult } from '../../common/activities';
import { METRICS } from '../../common/metrics';
import { type DataverseClient, isRefusal } from '../../dataverse';
import { outcomeUnknown } from '../support/dataverse-failures';
import { count } from '../support/metrics';
import { pause } from '../support/pause';
import { type Found, findByKey, judge, type Verdict } from './candidates';
import type { Doubt } from './doubt';
import { stopDuplicates } from './duplicates';
import type { Trigger } from './trigger';

/** A row is visible at once as a rule. The wait doubles from look to look where it is not. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** Two rows of one trigger become visible one after the other: once there is one, a second look is taken. */
const SECOND_LOOK_AFTER_MS = 1000;

const NO_KEY =
  ' Where a key travels the worker can tell: set CALLBACK_BASE_URL to a URL that the organization takes, and no callbackUrl in the input.';

/**
 * Waits until the doubt is settled.
 * @returns the robot; undefined where none was started, so that a new one may be.
 * @throws ApplicationFailure `TriggerOutcomeUnknown`, unless the caller wants to start again then.
 * @throws DataverseError when Dataverse is out of reach, or refuses to be asked: nothing is settled, and the doubt stays.
 */
export async function recover(
  trigger: Trigger,
  doubt: Doubt,
  why: string,
  error?: unknown,
): Promise<TriggerFlowRunResult | undefined> {
  const verdict = await untilSettled(trigger, doubt).catch((thrown: unknown) => {
    settled('notYet');
    throw thrown;
  });
  if (verdict.kind === 'found') {
    settled('found');
    return adopt(trigger.client, verdict);
  }
  if (verdict.kind === 'nothing') {
    settled('notStarted');
    return undefined;
  }
  const startsAgain = trigger.input.onUnknownOutcome === 'startAgain';
  settled(startsAgain ? 'startedAgain' : 'unknown');
  if (!startsAgain) {
    throw outcomeUnknown(why, `${verdict.why}.${trigger.key === undefined ? NO_KEY : ''}`, error);
  }
  log.warn('It cannot be told whether a robot was started; one may be started, as the caller wants it', {
    why: verdict.why,
  });
  return undefined;
}

function settled(how: 'found' | 'notStarted' | 'startedAgain' | 'unknown' | 'notYet'): void {
  count(METRICS.doubtsSettled, { how });
}

/** Takes the robot for the one that the trigger was to start, and stops what the same trigger started besides. */
export async function adopt(
  client: DataverseClient,
  { robot, duplicates }: Found,
): Promise<TriggerFlowRunResult> {
  const { flowSessionId } = robot;
  log.info('The robot of a trigger whose answer was lost is found', { flowSessionId });
  if (duplicates.length === 0) return { flowSessionId };
  return { flowSessionId, duplicates: await stopDuplicates(client, flowSessionId, duplicates) };
}

async function untilSettled(trigger: Trigger, { settledAt }: Doubt): Promise<Verdict> {
  const found = await lookRepeatedly(
    () => Date.now() >= settledAt,
    () => findByKey(trigger).catch(noneIfRefused),
    (ms) => sleep(Math.max(0, Math.min(ms, settledAt - Date.now()))),
  );
  if (found !== undefined) return found;
  try {
    // Dataverse may refuse the filter by key alone.
    return (await findByKey(trigger).catch(noneIfRefused)) ?? (await judge(trigger));
  } catch (error) {
    // A refusal may be mended, so the doubt stays, but for a caller who does not want to wait for certainty.
    if (trigger.input.onUnknownOutcome !== 'startAgain' || !isRefusal(error)) throw error;
    return { kind: 'unclear', why: `looking for it was refused (${error.message})` };
  }
}

/**
 * Resolves to the robot of a trigger that is in flight, for a caller that does not want to wait for the answer any
 * longer. Looks from the moment when `impatient` is aborted until `done` is.
 */
export async function foundInFlight(
  trigger: Trigger,
  impatient: AbortSignal,
  done: AbortSignal,
): Promise<Found> {
  await new Promise((resolve) => {
    if (impatient.aborted) resolve(undefined);
    else impatient.addEventListener('abort', resolve, { once: true, signal: done });
  });
  const found = await lookRepeatedly(
    () => done.aborted || trigger.key === undefined,
    () => findByKey(trigger).catch(() => undefined),
    (ms) => pause(ms, done),
  );
  return found ?? new Promise(() => undefined);
}

/** Looks less and less often, and once more after it has found something. */
async function lookRepeatedly(
  hasToEnd: () => boolean,
  findRobot: () => Promise<Found | undefined>,
  pause: (ms: number) => Promise<void>,
): Promise<Found | undefined> {
  for (let waitMs = FIRST_WAIT_MS; !hasToEnd(); waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const found = await findRobot();
    await pause(found === undefined ? waitMs : SECOND_LOOK_AFTER_MS);
    if (found !== undefined) return (await findRobot()) ?? found;
  }
  return undefined;
}

/** A look that Dataverse refuses tells nothing; within the window the next one may be answered. */
function noneIfRefused(error: unknown): undefined {
  if (isRefusal(error)) return undefined;
  throw error;
}
