/** SANDBOX: the robots that a watcher holds: which are due to be looked at, and when. Pure, apart from the clock it is given. */
import { type Backoff, backoffMs } from '../../common/backoff';
import { SESSIONS_PER_QUERY } from '../../common/flow-session';
import type { WatchedRobot } from '../../common/watch';

/** Plain JSON, because continue-as-new hands it on. Times are epoch milliseconds. */
export interface WatchedRobotState extends WatchedRobot {
  since: number;
  dueAt: number;
  /** Since when Dataverse does not show it. */
  missingSince?: number;
}

/** After these times a row has not appeared, or a robot has not ended: its run has to look by itself. */
const MISSING_FOR_MS = 60_000;
const WATCHED_FOR_MS = 24 * 60 * 60_000;

export class WatchedRobots {
  readonly #robots: Map<string, WatchedRobotState>;

  constructor(carried: readonly WatchedRobotState[] = []) {
    this.#robots = new Map(carried.map((robot) => [robot.flowSessionId, robot]));
  }

  get size(): number {
    return this.#robots.size;
  }

  add({ flowSessionId, workflowId, poll }: WatchedRobot, now: number): void {
    const dueAt = now + poll.initialInterval;
    this.#robots.set(flowSessionId, { flowSessionId, workflowId, poll, since: now, dueAt });
  }

  /** @returns the ids that this watcher does not hold. */
  forget(flowSessionIds: readonly string[]): string[] {
    return flowSessionIds.filter((id) => !this.#robots.delete(id));
  }

  /** When the first of them is due. */
  nextDueAt(): number {
    return Math.min(...[...this.#robots.values()].map(({ dueAt }) => dueAt));
  }

  /** All that are due, and the next ones, as far as there is room in queries that are made anyway. */
  due(now: number): WatchedRobotState[] {
    const robots = this.all().sort((one, other) => one.dueAt - other.dueAt);
    const due = robots.filter(({ dueAt }) => dueAt <= now).length;
    return robots.slice(0, Math.ceil(due / SESSIONS_PER_QUERY) * SESSIONS_PER_QUERY);
  }

  /** Plans the next look at robots that go on; those of `missing` were not visible. */
  wereSeen(asked: readonly WatchedRobotState[], missing: readonly string[], now: number): void {
    const hidden = new Set(missing);
    for (const { flowSessionId } of asked) {
      const robot = this.#robots.get(flowSessionId);
      if (robot === undefined) continue;
      robot.dueAt = now + intervalMs(robot.poll, now - robot.since);
      robot.missingSince = hidden.has(flowSessionId) ? (robot.missingSince ?? now) : undefined;
    }
  }

  /** Postpones every look: nobody could look now. */
  postpone(until: number): void {
    for (const robot of this.#robots.values()) robot.dueAt = Math.max(robot.dueAt, until);
  }

  /** Robots that are given up without an end; their runs have to look by themselves. */
  doubtful(now: number): WatchedRobotState[] {
    return this.all().filter(
      ({ since, missingSince = now }) =>
        now - since >= WATCHED_FOR_MS || now - missingSince >= MISSING_FOR_MS,
    );
  }

  /** The robots that came last, beyond what one watcher holds. */
  beyond(capacity: number): WatchedRobotState[] {
    return this.all().slice(capacity);
  }

  all(): WatchedRobotState[] {
    return [...this.#robots.values()];
  }
}

/** Against the rounding of logarithms, where an age is a whole number of intervals. */
const ROUNDING = 1e-9;

/**
 * Returns what a run that polls by itself would wait at this age. Its intervals grow geometrically and have summed up to
 * the age. Computed in one step, because an interval may grow by next to nothing for a day.
 */
export function intervalMs(poll: Backoff, ageMs: number): number {
  const { initialInterval, backoffCoefficient } = poll;
  const growth = backoffCoefficient - 1;
  if (growth <= 0) return backoffMs(poll, 0);
  const looks = Math.log1p((Math.max(0, ageMs) * growth) / initialInterval) / Math.log1p(growth);
  return backoffMs(poll, Math.floor(looks + ROUNDING));
}
