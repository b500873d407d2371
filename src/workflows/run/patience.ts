/**
 * SANDBOX: tries an operation on a robot until it works or the caller's patience ends. A workflow does not hear of the
 * attempts of an activity, so the activity gets a part of the time and is scheduled again: in between the run can say
 * that Dataverse is out of reach. That needs no timer, and costs nothing where nothing fails.
 */
import { log, patched, sleep } from '@temporalio/workflow';
import { type Backoff, backoffMs } from '../../common/backoff';
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import { isOutOfTime, refusalOf, retryDelayMs } from '../support/activity-failures';
import { REFUSALS_ARE_WAITED_OUT } from '../support/patches';
import { showDetails } from './current-details';
import type { RunState } from './state';

const FIRST_PART_MS = 60_000;
const LONGEST_PART_MS = 60 * 60_000;

/** A rest of the time that is too short for another activity. */
const REST_MS = 1000;

/**
 * Waits between two tries that Dataverse refuses: people mend a role that is edited, or a secret that is changed. A day of
 * refusals stays within one history.
 */
const BETWEEN_REFUSALS: Backoff = { initialInterval: 1000, maximumInterval: 300_000, backoffCoefficient: 2 };

/** Minimum time between two log lines about refusals, for each run. */
const LOGGED_EVERY_MS = 60_000;

interface PatienceOptions {
  /** Milliseconds. @default what the caller allows: `scheduleToCloseTimeout` */
  patienceMs?: number | undefined;
  /** Whether the row of the robot was seen before: then a 404 is a refusal, which may pass. @default false */
  wasSeen?: boolean;
}

/**
 * Tries an operation on a robot that is started until it works. Neither trouble that passes nor a refusal gives the robot
 * up before the patience has ended.
 * @param operation is called with its `scheduleToCloseTimeout`, in milliseconds.
 * @throws the last failure once the patience has ended; any other failure, such as unreadable outputs, at once.
 */
export async function patiently<T>(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  operation: (scheduleToCloseTimeout: number) => Promise<T>,
  { patienceMs = input.scheduleToCloseTimeout, wasSeen = false }: PatienceOptions = {},
): Promise<T> {
  const since = Date.now();
  const until = since + patienceMs;
  let partMs = FIRST_PART_MS;
  let loggedAt = Number.NEGATIVE_INFINITY;
  for (let refusals = 0; ; ) {
    try {
      const result = await operation(Math.max(1, Math.min(partMs, until - Date.now())));
      run.outOfReachSince = undefined;
      run.refusal = undefined;
      return result;
    } catch (error) {
      if (isOutOfTime(error)) {
        run.outOfReachSince ??= since;
        if (Date.now() >= until - REST_MS) throw error;
        showDetails(run);
        // A wait that is longer than the part of the time that the activity has left ends the activity at once.
        const askedMs = retryDelayMs(error) ?? 0;
        const waitMs = Math.min(askedMs, until - Date.now());
        if (waitMs > 0) await sleep(waitMs, { summary: 'Until Dataverse may be asked again' });
        partMs = Math.min(partMs * 2, LONGEST_PART_MS);
        continue;
      }
      const refusal = refusalOf(error, wasSeen);
      if (refusal === undefined || !patched(REFUSALS_ARE_WAITED_OUT)) throw error;
      run.refusal ??= { since: Date.now(), message: refusal.message };
      const waitMs = backoffMs(BETWEEN_REFUSALS, refusals);
      refusals += 1;
      if (Date.now() + waitMs >= until) throw error;
      showDetails(run);
      if (Date.now() - loggedAt >= LOGGED_EVERY_MS) {
        loggedAt = Date.now();
        const { flowSessionId } = run.robot ?? {};
        log.warn(
          'Dataverse refuses access to a robot that is started; trying on. See to the application user',
          {
            flowSessionId,
            why: refusal.message,
          },
        );
      }
      await sleep(waitMs, { summary: 'Until Dataverse may allow it again' });
    }
  }
}
