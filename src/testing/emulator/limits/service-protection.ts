/**
 * HOST, development only: applies the service protection limits in a sliding window (Microsoft: api-limits). The
 * emulator has one user and one web server, so the limits are those of the whole emulator.
 */
import { type Answer, errorAnswer } from '../odata/answers';
import { toMs } from '../setup/duration';
import type { EmulatorLimits } from '../setup/options';

const WINDOW_MS = 300_000;
const secondsFormat = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export type ProtectionLimit = 'requests' | 'executionTime' | 'concurrency';

export class Limits {
  readonly #requests: number[] = [];
  readonly #executions: { at: number; ms: number }[] = [];
  /** Sum of `#executions`. */
  #executedMs = 0;
  #inFlight = 0;
  readonly #executionTimeMs: number;
  readonly #limits: EmulatorLimits;

  constructor(limits: EmulatorLimits) {
    this.#limits = limits;
    this.#executionTimeMs = toMs(limits.executionTime);
  }

  /** Counts a request, even a refused one: a client that goes on gets in later. Returns undefined where it may pass. */
  enter(now: number): Answer | undefined {
    this.#inFlight += 1;
    this.#forget(now);
    this.#requests.push(now);
    if (this.#inFlight > this.#limits.concurrentRequests) return this.refuse('concurrency', 1);
    if (this.#requests.length > this.#limits.requests) {
      const opens = this.#requests[this.#requests.length - this.#limits.requests] as number;
      return this.refuse('requests', secondsUntil(opens + WINDOW_MS, now));
    }
    if (this.#executedMs > this.#executionTimeMs) {
      return this.refuse('executionTime', secondsUntil((this.#executions[0]?.at ?? now) + WINDOW_MS, now));
    }
    return undefined;
  }

  /** Frees the connection again, whether it got an answer or not. */
  leave(now: number, tookMs: number): void {
    this.#inFlight -= 1;
    const { executionTimePerRequest: cost } = this.#limits;
    const ms = cost === undefined ? tookMs : toMs(cost);
    this.#executions.push({ at: now, ms });
    this.#executedMs += ms;
  }

  refuse(limit: ProtectionLimit, retryAfterSeconds: number | null): Answer {
    const [code, message] = this.#texts()[limit];
    const headers = retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) };
    return errorAnswer(429, code, message, headers);
  }

  /** Headers for debugging only, as Microsoft says; the seconds have a thousands separator. */
  headers(now: number): Record<string, string> {
    this.#forget(now);
    const seconds = Math.max(0, this.#executionTimeMs - this.#executedMs) / 1000;
    return {
      'x-ms-ratelimit-time-remaining-xrm-requests': secondsFormat.format(seconds),
      'x-ms-ratelimit-burst-remaining-xrm-requests': String(
        Math.max(0, this.#limits.requests - this.#requests.length),
      ),
    };
  }

  reset(): void {
    this.#requests.length = 0;
    this.#executions.length = 0;
    this.#executedMs = 0;
  }

  #texts(): Record<ProtectionLimit, readonly [string, string]> {
    const { requests, concurrentRequests } = this.#limits;
    const time = this.#executionTimeMs.toLocaleString('en-US');
    return {
      requests: [
        '0x80072322',
        `Number of requests exceeded the limit of ${requests} over time window of 300 seconds.`,
      ],
      executionTime: [
        '0x80072321',
        `Combined execution time of incoming requests exceeded limit of ${time}  milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`,
      ],
      concurrency: [
        '0x80072326',
        `Number of concurrent requests exceeded the limit of ${concurrentRequests}.`,
      ],
    };
  }

  #forget(now: number): void {
    const since = now - WINDOW_MS;
    while ((this.#requests[0] ?? now) <= since) this.#requests.shift();
    for (
      let first = this.#executions[0];
      first !== undefined && first.at <= since;
      first = this.#executions[0]
    ) {
      this.#executedMs -= first.ms;
      this.#executions.shift();
    }
  }
}

/** Limits the starts of each connection to 70 a minute (Microsoft: desktop-flow-public-apis). */
export class StartRate {
  readonly #starts = new Map<string, number[]>();
  readonly #perMinute: number;

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts a start, and returns false where it is one too many, which does not count. */
  admit(connection: string, now: number): boolean {
    const starts = this.#starts.get(connection) ?? [];
    this.#starts.set(connection, starts);
    while ((starts[0] ?? now) <= now - 60_000) starts.shift();
    const admitted = starts.length < this.#perMinute;
    if (admitted) starts.push(now);
    return admitted;
  }

  reset(): void {
    this.#starts.clear();
  }
}

function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1000));
}
