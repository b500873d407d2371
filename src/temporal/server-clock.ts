/**
 * HOST: what time it is on Temporal's server, whatever the clock of this machine says: at least so late. What the server has
 * stamped is over there, so the least delay of late gives the best bound.
 */

/** Two clocks may drift apart: what was noticed earlier counts for twice as long at most. */
const NOTED_FOR_MS = 5 * 60_000;

export class ServerClock {
  /** By how much the server is ahead of this process's own steady clock, at least. */
  #ahead = Number.NEGATIVE_INFINITY;
  #aheadBefore = Number.NEGATIVE_INFINITY;
  #since = performance.now();

  /** @param at when something happened on the server: epoch milliseconds */
  saw(at: number): void {
    const now = performance.now();
    if (now - this.#since > NOTED_FOR_MS) {
      this.#aheadBefore = this.#ahead;
      this.#ahead = Number.NEGATIVE_INFINITY;
      this.#since = now;
    }
    this.#ahead = Math.max(this.#ahead, at - now);
  }

  /** Epoch milliseconds; of no use before `saw`. */
  get now(): number {
    return performance.now() + Math.max(this.#ahead, this.#aheadBefore);
  }
}
