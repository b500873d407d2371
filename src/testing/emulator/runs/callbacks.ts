/**
 * HOST, development only: sends callbacks. It POSTs each when its run has ended, and tries up to four times, one second
 * apart, while the receiver answers 500 and above or 408 (Microsoft: desktop-flow-public-apis). It does not try again
 * after a connection that failed: nothing is documented about that.
 */
import { FLOW_RUN_STATUSES } from '../../../common/status';
import type { FaultBox } from '../faults/fault-box';
import type { Settings } from '../setup/options';
import { isOnInvalidHost } from './reserved-names';
import { isInactive, type Run, startedOn, timestamp } from './run';

export interface SeenCallback {
  readonly sessionId: string;
  readonly url: string;
  /** 1 to 4. */
  readonly attempt: number;
  readonly at: number;
  /** The status of the receiver's answer; absent while it is under way, and where it never came. */
  status?: number;
  /** Why an answer never came. */
  error?: string;
}

const MAX_ATTEMPTS = 4;
const RETRY_INTERVAL_MS = 1000;

interface Delivery {
  readonly run: Run;
  readonly url: string;
  readonly attempt: number;
  readonly dueAt: number;
}

export class Callbacks {
  readonly sent: SeenCallback[] = [];
  #waiting: Delivery[] = [];
  readonly #closing = new AbortController();
  readonly #settings: Settings;
  readonly #faults: FaultBox;

  constructor(settings: Settings, faults: FaultBox) {
    this.#settings = settings;
    this.#faults = faults;
  }

  enqueue(run: Run, at: number): void {
    const status = FLOW_RUN_STATUSES[run.statusCode];
    if (run.callbackUrl === undefined || !status || !this.#settings.callbackStatuses.includes(status)) return;
    // Nobody can be asked for such a name, and nobody could receive it.
    if (isOnInvalidHost(run.callbackUrl)) return;
    const faults = this.#faults.take({ on: 'callback', flowId: run.flow.id, sessionId: run.id });
    if (faults.find('lostRequest')) return;
    const dueAt = at + (faults.find('delay')?.duration ?? 0);
    const delivery = { run, url: run.callbackUrl, attempt: 1, dueAt };
    this.#waiting.push(delivery, ...(faults.find('duplicate') ? [delivery] : []));
  }

  /** Sends what is due. */
  advance(now: number): void {
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= now);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ dueAt }) => dueAt > now);
    for (const delivery of due) void this.#deliver(delivery);
  }

  clear(): void {
    this.#waiting = [];
    this.sent.length = 0;
  }

  close(): void {
    this.#waiting = [];
    this.#closing.abort();
  }

  async #deliver({ run, url, attempt }: Delivery): Promise<void> {
    const seen: SeenCallback = { sessionId: run.id, url, attempt, at: this.#settings.now() };
    this.sent.push(seen);
    try {
      seen.status = await this.#post(url, run);
    } catch (error) {
      // fetch says only that it failed; the reason is in the cause.
      const { cause, message } = error as Error & { cause?: Error };
      seen.error = cause?.message ?? message;
      return;
    }
    if (
      (seen.status >= 500 || seen.status === 408) &&
      attempt < MAX_ATTEMPTS &&
      !this.#closing.signal.aborted
    ) {
      const dueAt = this.#settings.now() + RETRY_INTERVAL_MS;
      this.#waiting.push({ run, url, attempt: attempt + 1, dueAt });
    }
  }

  async #post(url: string, run: Run): Promise<number> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'User-Agent': 'EnterpriseConnectors/1.0',
        'Content-type': 'application/json; charset=utf-8',
        'x-ms-workflow-id': run.flow.id,
        'x-ms-run-id': run.id,
      },
      body: JSON.stringify({
        statuscode: run.statusCode,
        statecode: isInactive(run.statusCode) ? 1 : 0,
        startedon: startedOn(run, this.#settings.startedOn),
        completedon: timestamp(run.completedAt),
        flowsessionid: run.id,
      }),
      redirect: 'manual',
      signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#settings.callbackTimeoutMs)]),
    });
    await response.body?.cancel();
    return response.status;
  }
}
