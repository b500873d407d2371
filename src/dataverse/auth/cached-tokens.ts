/**
 * HOST: one token for all who need it: callers that ask at once share one request, and the token is renewed before it
 * ends. Where a token comes from, the subclasses know.
 */
import { tokenRenewals } from '../http/diagnostics';
import { DataverseError, type DataverseErrorFields } from '../http/errors';
import { unlessAborted } from '../http/unless-aborted';
import type { TokenSource } from './credentials';

/** A token is renewed this long before it ends, or after four fifths of a shorter life. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** After a renewal that failed, while the old token still works. */
const RENEW_AGAIN_MS = 30_000;

export interface Token {
  value: string;
  /** Epoch milliseconds, like `endsAt`. */
  renewAt: number;
  endsAt: number;
}

export abstract class CachedTokens implements TokenSource {
  readonly #now: () => number;
  #cached: Token | undefined;
  #request: Promise<Token> | undefined;
  #closedUntil = 0;

  /** @param now epoch milliseconds; for tests of renewal. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws anything: `asRefused` of the subclass makes a DataverseError of it. */
  protected abstract fetch(): Promise<Token>;

  protected abstract asRefused(error: unknown): DataverseError;

  /** Of the credentials, besides the token. */
  protected abstract readonly credentialSecrets: readonly string[];

  get secrets(): readonly string[] {
    return [...this.credentialSecrets, ...(this.#cached ? [this.#cached.value] : [])];
  }

  /** A token is being asked for, or its endpoint has asked to wait: others must know of it. */
  get isInUse(): boolean {
    return this.#request !== undefined || this.#now() < this.#closedUntil;
  }

  async token(signal?: AbortSignal): Promise<string> {
    if (this.#cached && this.#now() < this.#cached.renewAt) return this.#cached.value;
    this.#request ??= this.#renew().finally(() => {
      this.#request = undefined;
    });
    const { value } = await unlessAborted(this.#request, signal, () =>
      tokenFailure('aborted', 'did not answer before the caller gave up'),
    );
    return value;
  }

  /** Callers that were refused together drop the token once: the others find that it is no longer the cached one. */
  refuse(token: string): boolean {
    if (this.#cached?.value === token) this.#cached = undefined;
    return true;
  }

  protected get nowMs(): number {
    return this.#now();
  }

  protected tokenOf(value: string, lifeMs: number): Token {
    const endsAt = this.#now() + lifeMs;
    return { value, renewAt: endsAt - Math.min(RENEW_BEFORE_MS, lifeMs / 5), endsAt };
  }

  /** All callers that need this token wait. */
  protected close(forMs: number): void {
    this.#closedUntil = this.#now() + forMs;
  }

  /** Renews early, so that a token endpoint may fail for a while: the old token still works. */
  async #renew(): Promise<Token> {
    try {
      const waitMs = this.#closedUntil - this.#now();
      if (waitMs > 0) throw tokenFailure('throttled', 'asked to wait', { retryAfterMs: waitMs });
      this.#cached = await this.fetch();
      tokenRenewals.publish({ outcome: 'renewed' });
      return this.#cached;
    } catch (error) {
      tokenRenewals.publish({ outcome: 'failed' });
      if (!this.#cached || this.#now() >= this.#cached.endsAt) throw this.asRefused(error);
      this.#cached = { ...this.#cached, renewAt: this.#now() + RENEW_AGAIN_MS };
      return this.#cached;
    }
  }
}

/** Without a token nothing was sent to the organization, so the outcome is always `refused`. */
export function tokenFailure(
  kind: DataverseErrorFields['kind'],
  what: string,
  fields: Partial<DataverseErrorFields> = {},
): DataverseError {
  return new DataverseError(`The token endpoint ${what}`, { kind, outcome: 'refused', ...fields });
}
