/**
 * HOST: the starts of one connection that Microsoft still counts, as far as this process knows, and how many more it may
 * make. A window that slides: no start waits while fewer than the limit were made within the last minute.
 */

export const MINUTE_MS = 60_000;

/** What all processes together may start, and how many they are. */
export interface Limit {
  /** Starts a minute of one connection, above 0. */
  perMinute: number;
  /** Worker processes that make them, this one included. */
  processes: number;
}

/** The part of a limit that one process has. */
export interface Share {
  starts: number;
  withinMs: number;
}

/** Whole starts in a minute; less than one is one in a longer time. */
export function shareOf({ perMinute, processes }: Limit): Share {
  const each = perMinute / processes;
  if (each >= 1) return { starts: Math.floor(each), withinMs: MINUTE_MS };
  return { starts: 1, withinMs: MINUTE_MS / each };
}

/** One start of this process. It counts from its turn until a minute after its answer, so that no clock but ours matters. */
export interface Start {
  /** Epoch milliseconds; unset while it is under way. */
  endedAt?: number;
}

export class LastMinute {
  /** In the order of their turns. */
  #own: Start[] = [];
  /** Starts of others, by the time when they were made. Only a process that has just come needs to know them. */
  #others: number[] = [];
  /** For how long a start may count: longer than a minute where less than one a minute is allowed. */
  #countsForMs = MINUTE_MS;

  begin(now: number): Start {
    this.#dropOld(now);
    const start: Start = {};
    this.#own.push(start);
    return start;
  }

  /** Nothing was started after all. */
  forget(start: Start): void {
    this.#own = this.#own.filter((other) => other !== start);
  }

  /** Takes over what others have started, of which Dataverse tells. */
  learn(times: readonly number[]): void {
    this.#others = [...times];
  }

  get underWay(): number {
    return this.#own.filter(({ endedAt }) => endedAt === undefined).length;
  }

  /** Own starts that count. */
  used(now: number, withinMs = MINUTE_MS): number {
    this.#countsForMs = Math.max(this.#countsForMs, withinMs);
    return this.#own.filter(({ endedAt = now }) => endedAt + withinMs > now).length;
  }

  /** How many more may be made now. */
  room(now: number, limit: Limit): number {
    return Math.max(0, this.#allowed(now, limit) - this.used(now, shareOf(limit).withinMs));
  }

  /** When a start may be made that has `place` others before it: an estimate, epoch milliseconds. */
  freeAt(place: number, now: number, limit: Limit): number {
    const { starts, withinMs } = shareOf(limit);
    const room = this.room(now, limit);
    if (place < room) return now;
    const own = this.#own.map(({ endedAt = now }) => endedAt + withinMs).filter((at) => at > now);
    const others = this.#others.map((at) => at + MINUTE_MS).filter((at) => at > now);
    // Those that still have room are made now, and leave in their time.
    const before = Array.from({ length: room }, () => now + withinMs);
    const leaving = [...own, ...others, ...before].sort((one, other) => one - other);
    const index = place - room;
    const rounds = Math.floor(index / starts);
    const at = leaving[Math.min(index % starts, leaving.length - 1)] ?? now;
    return at + rounds * withinMs;
  }

  /** Whether any start counts. */
  isInUse(now: number): boolean {
    this.#dropOld(now);
    return this.#own.length > 0;
  }

  #dropOld(now: number): void {
    this.#own = this.#own.filter(({ endedAt = now }) => endedAt + this.#countsForMs > now);
  }

  /**
   * Its share. Others keep to theirs too, but one of them may have made all that are known of others, when fewer shared the
   * limit: what that is more than a share comes off.
   */
  #allowed(now: number, limit: Limit): number {
    const { starts } = shareOf(limit);
    const others = this.#others.filter((at) => at + MINUTE_MS > now).length;
    return Math.max(0, starts - Math.max(0, others - starts));
  }
}
