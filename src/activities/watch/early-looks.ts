/**
 * HOST: decides whether robots are looked at right after their start, before any of their runs wants it. Robots that end
 * within a second are found so at once; looks that find none of them ended would be requests for nothing, so there are no
 * early looks unless robots have been found ended by the first look at them, and none for a while after they did not pay.
 */

/** Minimum time between two looks while there are early ones, in milliseconds. */
export const EARLY_INTERVAL_MS = 100;

const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class EarlyLooks {
  #areOn = false;
  #pauseMs = FIRST_PAUSE_MS;
  #pausedUntil = 0;

  get areOn(): boolean {
    return this.#areOn;
  }

  /**
   * Learns from a look.
   * @param first how many robots it has looked at for the first time.
   * @param ended how many of these had ended.
   * @param now epoch milliseconds.
   */
  learn(first: number, ended: number, now: number): void {
    if (first === 0) return;
    const pays = ended * 2 >= first;
    if (pays) {
      if (this.#areOn) this.#pauseMs = FIRST_PAUSE_MS;
      this.#areOn ||= now >= this.#pausedUntil;
    } else if (this.#areOn) {
      this.#areOn = false;
      this.#pausedUntil = now + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}
