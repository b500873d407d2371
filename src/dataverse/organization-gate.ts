/**
 * HOST: what all callers of one organization share: when Dataverse says "later", they all wait, and only so many
 * of them ask at once. Microsoft: service protection limits, 52 requests at once for one user on one server.
 */
import { DataverseError } from './errors';

const MAX_CONCURRENT = 40;

export class OrganizationGate {
  #closedUntil = 0;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(maxConcurrent = MAX_CONCURRENT) {
    this.#free = maxConcurrent;
  }

  /** No request is sent for so long, whoever wants to. */
  close(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, Date.now() + forMs);
  }

  /** @throws DataverseError `throttled` at once while the gate is closed: the caller can wait better than a process. */
  check(): void {
    const retryAfterMs = this.#closedUntil - Date.now();
    if (retryAfterMs <= 0) return;
    const message = `Dataverse asked to wait: no request for another ${retryAfterMs} ms`;
    throw new DataverseError(message, { kind: 'throttled', outcome: 'refused', retryAfterMs });
  }

  /** Runs `work` when it is its turn, first come first served. */
  async pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.check();
    await this.#enter(signal);
    try {
      // While it waited, somebody else may have met a 429.
      this.check();
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw aborted();
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(aborted());
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** The place goes straight to the next one, so that nobody can slip in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

function aborted(): DataverseError {
  return new DataverseError('The request was aborted before it was sent', {
    kind: 'aborted',
    outcome: 'refused',
  });
}

const gates = new Map<string, OrganizationGate>();

/** The gate of an organization in this process. `contoso.api.crm4…` and `contoso.crm4…` are the same one. */
export function gateOf(organization: URL): OrganizationGate {
  const key = organization.host.replace('.api.', '.');
  const gate = gates.get(key) ?? new OrganizationGate();
  gates.set(key, gate);
  return gate;
}
