/** SANDBOX: what one execution of a watcher hands to the next one. */
import type { WatchedRobotState } from '../../common/watched-robots';

export interface WatcherState {
  runs: WatchedRobotState[];
  /** Workflow id of the watcher that took the robots beyond this one's capacity. */
  next?: string;
}
