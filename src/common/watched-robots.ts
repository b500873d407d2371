/**
 * SHARED: may run anywhere. The robots of a watcher: which ones are due for a look, and when. Pure: callers pass the time.
 * The workflow `WatchFlowRuns` has them, and so has each of its watches, which reads them from the watcher's history.
 */
import { type Backoff, backoffMs } from './backoff';
import { SESSIONS_PER_QUERY } from './flow-session';
import type { WatchedRobot, WatchResult } from './watch';

/** Plain JSON, because continue-as-new hands it on. Times are epoch milliseconds. */
export interface WatchedRobotState extends WatchedRobot {
  since: number;
  dueAt: number;
  /** Since when Dataverse has not shown it. */
  missingSince?: number;
}

/** After these times a row has not appeared, or a robot has not ended: its run has to look by itself. */
const MISSING_FOR_MS = 60_000;
const WATCHED_FOR_MS = 24 * 60 * 60_000;

/** What a query and a signal need to know of it. */
export function addressOf({ flowSessionId, workflowId }: WatchedRobotState) {
  return { flowSessionId, workflowId };
}

/** As a watcher is told of it. */
export function withoutState({ flowSessionId, workflowId, poll }: WatchedRobotState): WatchedRobot {
  return { flowSessionId, workflowId, poll };
}

export class WatchedRobots {
  readonly #robots: Map<string, WatchedRobotState>;
  /** With which message each robot came last; those that came with the execution itself are not in here. */
  readonly #cameWith = new Map<string, number>();
  #messages = 0;

  constructor(carried: readonly WatchedRobotState[] = []) {
    this.#robots = new Map(carried.map((robot) => [robot.flowSessionId, robot]));
  }

  get size(): number {
    return this.#robots.size;
  }

  /** How many messages the watcher has got so far in this execution, as everybody counts them who reads its history. */
  get messages(): number {
    return this.#messages;
  }

  /** To be called for each message, before it is read. */
  countMessage(): void {
    this.#messages += 1;
  }

  /** @param dueAt of the first look. @default as its run wants it */
  add(
    { flowSessionId, workflowId, poll }: WatchedRobot,
    since: number,
    dueAt = since + poll.initialInterval,
  ): void {
    this.#robots.set(flowSessionId, { flowSessionId, workflowId, poll, since, dueAt });
    this.#cameWith.set(flowSessionId, this.#messages);
  }

  /** @returns the ids that this watcher does not hold. */
  forget(flowSessionIds: readonly string[]): string[] {
    return flowSessionIds.filter((id) => {
      this.#cameWith.delete(id);
      return !this.#robots.delete(id);
    });
  }

  /** Forgets what a watch has released, but not what came again after the last message that the watch had read. */
  release({ released, messages }: WatchResult): void {
    this.forget(released.filter((id) => (this.#cameWith.get(id) ?? 0) <= messages));
  }

  /** Returns when the first robot is due. */
  nextDueAt(): number {
    return Math.min(...[...this.#robots.values()].map(({ dueAt }) => dueAt));
  }

  /** Returns all that are due, and the next ones that fit into the queries that are needed anyway. */
  due(now: number): WatchedRobotState[] {
    const robots = this.all().sort((one, other) => one.dueAt - other.dueAt);
    const due = robots.filter(({ dueAt }) => dueAt <= now).length;
    return robots.slice(0, Math.ceil(due / SESSIONS_PER_QUERY) * SESSIONS_PER_QUERY);
  }

  /** Plans the next look at robots that have not ended; those of `missing` were not visible. */
  wereSeen(asked: readonly WatchedRobotState[], missing: readonly string[], now: number): void {
    const hidden = new Set(missing);
    for (const { flowSessionId } of asked) {
      const robot = this.#robots.get(flowSessionId);
      if (robot === undefined) continue;
      robot.dueAt = now + intervalMs(robot.poll, now - robot.since);
      robot.missingSince = hidden.has(flowSessionId) ? (robot.missingSince ?? now) : undefined;
    }
  }

  /** Postpones every look, because a look is not possible now. */
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

  /** Returns the robots that came last, beyond the capacity of one watcher. */
  beyond(capacity: number): WatchedRobotState[] {
    return this.all().slice(capacity);
  }

  all(): WatchedRobotState[] {
    return [...this.#robots.values()];
  }
}

/** Corrects the rounding of logarithms if an age is a whole number of intervals. */
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
