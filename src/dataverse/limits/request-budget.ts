/**
 * HOST: how many requests this process makes in 5 minutes. Microsoft refuses those above 6,000 of one user on one web
 * server (service protection limits), and makes callers that go on wait longer; other programs may use the same user.
 */

/** Half of what Microsoft allows: a second worker, or another program, has the other half. */
const DEFAULT_REQUESTS = 3_000;

const WINDOW_S = 300;

export class RequestBudget {
  readonly #limit: number;
  readonly #now: () => number;
  /** Requests of each second in which there were any, oldest first. */
  readonly #seconds: { second: number; requests: number }[] = [];
  #used = 0;

  /** @param now epoch milliseconds; for tests. */
  constructor(limit = DEFAULT_REQUESTS, now: () => number = Date.now) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Returns how long a request has to wait, in milliseconds; 0 where it may be sent now.
   * @param isUrgent doubles the budget, such as for a cancel.
   */
  waitMs(isUrgent = false): number {
    const second = this.#forget();
    const limit = isUrgent ? 2 * this.#limit : this.#limit;
    let over = this.#used - limit;
    if (over < 0) return 0;
    const free = this.#seconds.find(({ requests }) => {
      over -= requests;
      return over < 0;
    });
    return ((free?.second ?? second) + WINDOW_S + 1) * 1000 - this.#now();
  }

  /** Whether any request still counts. */
  get isUsed(): boolean {
    this.#forget();
    return this.#used > 0;
  }

  /** Requests that may be sent now. */
  get left(): number {
    this.#forget();
    return Math.max(0, this.#limit - this.#used);
  }

  spend(): void {
    const second = this.#forget();
    const last = this.#seconds.at(-1);
    if (last?.second === second) last.requests += 1;
    else this.#seconds.push({ second, requests: 1 });
    this.#used += 1;
  }

  #forget(): number {
    const second = Math.floor(this.#now() / 1000);
    while ((this.#seconds[0]?.second ?? second) < second - WINDOW_S) {
      this.#used -= this.#seconds.shift()?.requests ?? 0;
    }
    return second;
  }
}
