/**
 * SANDBOX: the ids of patches, which are in histories. A patch keeps the histories of before replayable where a workflow
 * does something else than it did; none may be renamed, or taken out before all runs of before have ended.
 */

/** Since after 0.3.0: a run that ends before its robot takes the robot out of its watcher's hands. */
export const LEFT_ROBOTS_ARE_FORGOTTEN = 'left-robots-are-forgotten';

/** Since after 0.3.0: a look of a watcher that may work later is postponed, instead of left to each run. */
export const PASSING_LOOKS_ARE_POSTPONED = 'passing-looks-are-postponed';

/** Since after 0.3.0: a refusal does not give up a robot that is started. */
export const REFUSALS_ARE_WAITED_OUT = 'refusals-are-waited-out';
