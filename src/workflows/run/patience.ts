/**
 * SANDBOX: an operation on a run is tried until it works or the caller's patience ends. A workflow is not told of the
 * attempts of an activity, so the activity is given a part of the time and scheduled again: in between the run can say
 * that Dataverse is out of reach. No timer is needed, and where nothing fails it costs nothing.
 */
import type { ParsedRunDesktopFlowInput } from '../../common/input';
import { isOutOfTime } from '../support/activity-failures';
import { showDetails } from './current-details';
import type { RunState } from './state';

const FIRST_PART_MS = 60_000;
const LONGEST_PART_MS = 60 * 60_000;

/** What is left after an activity that was given up a little early is not worth another one. */
const REST_MS = 1000;

/** @param operation is called with its `scheduleToCloseTimeout`, in milliseconds. */
export async function patiently<T>(
  input: ParsedRunDesktopFlowInput,
  run: RunState,
  operation: (scheduleToCloseTimeout: number) => Promise<T>,
  patienceMs: number = input.scheduleToCloseTimeout,
): Promise<T> {
  const since = Date.now();
  for (let partMs = FIRST_PART_MS; ; partMs = Math.min(partMs * 2, LONGEST_PART_MS)) {
    try {
      const result = await operation(Math.max(1, Math.min(partMs, since + patienceMs - Date.now())));
      run.outOfReachSince = undefined;
      return result;
    } catch (error) {
      if (!isOutOfTime(error)) throw error;
      run.outOfReachSince ??= since;
      if (Date.now() >= since + patienceMs - REST_MS) throw error;
      showDetails(run);
    }
  }
}
