/**
 * HOST: what all callers of one organization share: when Dataverse says "later", they all wait, and the number of
 * requests at once is limited. Microsoft: service protection limits, 52 requests at once for one user on one server.
 */
import { Places } from '../../common/places';
import { RecentlyUsed } from '../../common/recently-used';
import { heldBack, throttling } from '../http/diagnostics';
import { DataverseError } from '../http/errors';
import { RequestBudget } from './request-budget';

export interface RequestLimits {
  /** The most at once. @default 40 */
  concurrentRequests?: number;
  /** The most within 5 minutes. @default 3000 */
  requestBudget?: number;
}

const CONCURRENT_REQUESTS = 40;

export class OrganizationGate {
  #closedUntil = 0;
  /** As another process was told. */
  #heldUntil = 0;
  readonly #places: Places;
  readonly #budget: RequestBudget;

  constructor({ concurrentRequests = CONCURRENT_REQUESTS, requestBudget }: RequestLimits = {}) {
    this.#places = new Places(concurrentRequests);
    this.#budget = new RequestBudget(requestBudget);
  }

  /** Another gate would let pass what this one would not: it is closed, or requests still count. */
  get isInUse(): boolean {
    return Date.now() < this.#closedUntil || this.#places.isInUse || this.#budget.isUsed;
  }

  /** Requests that may still be sent within 5 minutes, urgent ones left aside. */
  get budgetLeft(): number {
    return this.#budget.left;
  }

  /** Sends no request of any caller for this long. */
  close(forMs: number): void {
    throttling.publish({ waitMs: forMs });
    this.#closedUntil = Math.max(this.#closedUntil, Date.now() + forMs);
  }

  /** Another process was told to wait for this long. What is urgent goes on. */
  hold(forMs: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, Date.now() + forMs);
  }

  /** @throws DataverseError `throttled` at once while the gate is closed: the caller can wait better than a process. */
  check(isUrgent = false): void {
    const closedMs = Math.max(this.#closedUntil, isUrgent ? 0 : this.#heldUntil) - Date.now();
    if (closedMs > 0) {
      heldBack.publish({ why: 'throttled' });
      throw later('Dataverse asked to wait', closedMs);
    }
    const waitMs = this.#budget.waitMs(isUrgent);
    if (waitMs === 0) return;
    heldBack.publish({ why: 'budget' });
    throw later('The budget of requests to this organization is used up', waitMs);
  }

  /** Runs `work` when it is its turn, first come first served. */
  async pass<T>(work: () => Promise<T>, { signal, isUrgent }: PassOptions = {}): Promise<T> {
    this.check(isUrgent);
    try {
      await this.#places.take(signal);
    } catch {
      throw aborted();
    }
    try {
      // While it waited, another caller may have met a 429, or used up the budget.
      this.check(isUrgent);
      this.#budget.spend();
      return await work();
    } finally {
      this.#places.giveBack();
    }
  }
}

export interface PassOptions {
  signal?: AbortSignal;
  /** Goes beyond the budget: something has to be stopped. @default false */
  isUrgent?: boolean;
}

function later(why: string, retryAfterMs: number): DataverseError {
  const message = `${why}: no request for another ${retryAfterMs} ms`;
  return new DataverseError(message, { kind: 'throttled', outcome: 'refused', retryAfterMs });
}

function aborted(): DataverseError {
  return new DataverseError('The request was aborted before it was sent', {
    kind: 'aborted',
    outcome: 'refused',
  });
}

/** Besides those in use. */
const MOST_GATES = 100;

const gates = new RecentlyUsed<OrganizationGate>(MOST_GATES, ({ isInUse }) => isInUse);

/**
 * The gate of an organization in this process, with the limits of the first caller. `contoso.api.crm4…` and
 * `contoso.crm4…` are the same one. Callers ask for it with each request, because a gate that is not in use may be
 * forgotten.
 */
export function gateOf(organization: URL, limits?: RequestLimits): OrganizationGate {
  return gates.get(organizationKey(organization), () => new OrganizationGate(limits));
}

/** The same for all addresses of one organization. */
export function organizationKey(organization: URL): string {
  return organization.host.replace('.api.', '.');
}

/** What is left of the budgets that this process has used: that of `own`, and the least of all others. */
export function budgetsLeft(own?: URL): { own?: number; others?: number } {
  const ownKey = own && organizationKey(own);
  const left: { own?: number; others?: number } = {};
  for (const [key, { budgetLeft }] of gates.entries()) {
    const whose = key === ownKey ? 'own' : 'others';
    left[whose] = Math.min(left[whose] ?? budgetLeft, budgetLeft);
  }
  return left;
}
