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

/** A row that does not appear, or a robot that does not end: its run has to look for itself whether it still waits. */
const MISSING_FOR_MS = 60_000;
const WATCHED_FOR_MS = 24 * 60 * 60_000;

export class WatchedRobots {
  readonly #runs: Map<string, WatchedRobotState>;

  constructor(carried: readonly WatchedRobotState[] = []) {
    this.#runs = new Map(carried.map((run) => [run.flowSessionId, run]));
  }

  get size(): number {
    return this.#runs.size;
  }

  add({ flowSessionId, workflowId, poll }: WatchedRobot, now: number): void {
    const dueAt = now + poll.initialInterval;
    this.#runs.set(flowSessionId, { flowSessionId, workflowId, poll, since: now, dueAt });
  }

  /** Answers those that were not here. */
  forget(flowSessionIds: readonly string[]): string[] {
    return flowSessionIds.filter((id) => !this.#runs.delete(id));
  }

  /** When the first of them is due. */
  nextDueAt(): number {
    return Math.min(...[...this.#runs.values()].map(({ dueAt }) => dueAt));
  }

  /** All that are due, and as many of those that are due next as their queries have room for: they go out anyway. */
  due(now: number): WatchedRobotState[] {
    const runs = this.all().sort((one, other) => one.dueAt - other.dueAt);
    const due = runs.filter(({ dueAt }) => dueAt <= now).length;
    return runs.slice(0, Math.ceil(due / SESSIONS_PER_QUERY) * SESSIONS_PER_QUERY);
  }

  /** They were looked at, and go on; those of `missing` were not to be seen. */
  wereSeen(asked: readonly WatchedRobotState[], missing: readonly string[], now: number): void {
    const hidden = new Set(missing);
    for (const { flowSessionId } of asked) {
      const run = this.#runs.get(flowSessionId);
      if (run === undefined) continue;
      run.dueAt = now + intervalMs(run.poll, now - run.since);
      run.missingSince = hidden.has(flowSessionId) ? (run.missingSince ?? now) : undefined;
    }
  }

  /** Nobody could look: none of them is due before then. */
  postpone(until: number): void {
    for (const run of this.#runs.values()) run.dueAt = Math.max(run.dueAt, until);
  }

  /** Those that are not watched any longer without an end; their runs have to look for themselves. */
  doubtful(now: number): WatchedRobotState[] {
    return this.all().filter(
      ({ since, missingSince = now }) =>
        now - since >= WATCHED_FOR_MS || now - missingSince >= MISSING_FOR_MS,
    );
  }

  /** What one watcher does not hold: those that came last. */
  beyond(capacity: number): WatchedRobotState[] {
    return this.all().slice(capacity);
  }

  all(): WatchedRobotState[] {
    return [...this.#runs.values()];
  }
}

/** What a run that polls by itself would wait at this age. */
export function intervalMs(poll: Backoff, ageMs: number): number {
  let interval = poll.initialInterval;
  let lookedAt = interval;
  for (let looks = 1; lookedAt <= ageMs && interval < poll.maximumInterval; looks += 1) {
    const next = backoffMs(poll, looks);
    if (next === interval) break;
    interval = next;
    lookedAt += interval;
  }
  return interval;
}
