/**
 * SANDBOX: the ids of patches, which are in histories. A patch keeps older histories replayable where a workflow does
 * something else than before. Never rename one, and remove it only after all older runs have ended.
 */

/** After 0.3.0: a run that ends before its robot takes the robot out of its watcher's hands. */
export const LEFT_ROBOTS_ARE_FORGOTTEN = 'left-robots-are-forgotten';

/** After 0.3.0: a watcher postpones a look that may work later, instead of leaving it to each run. */
export const PASSING_LOOKS_ARE_POSTPONED = 'passing-looks-are-postponed';

/** After 0.3.0: a refusal does not give up a robot that is started. */
export const REFUSALS_ARE_WAITED_OUT = 'refusals-are-waited-out';

/** After 0.3.0: a run that was reset, and gives up, looks for the robot of its next attempt. */
export const RESET_ROBOTS_ARE_FOUND = 'reset-robots-are-found';

/** After 0.3.0: a batch that was reset follows the items that were started before. */
export const EARLIER_ITEMS_ARE_FOLLOWED = 'earlier-items-are-followed';

/** After 0.3.0: waits that Dataverse asks for again and again grow. */
export const REPEATED_WAITS_GROW = 'repeated-waits-grow';

/** After 0.3.0: a batch that is pinned to a version of its worker moves on to the one that becomes current. */
export const PINNED_BATCHES_MOVE_ON = 'pinned-batches-move-on';
