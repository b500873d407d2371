/** HOST, development only: issues access tokens and checks them. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../setup/options';

/** Holds access tokens with their expiry. Clients cannot read them, as they should not read real ones. */
export class Tokens {
  readonly #expiry = new Map<string, number>();
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  issue(): string {
    const now = this.#settings.now();
    for (const [token, expiresAt] of this.#expiry) if (expiresAt <= now) this.#expiry.delete(token);
    const token = `emulator.${randomBytes(24).toString('base64url')}`;
    this.#expiry.set(token, now + this.#settings.tokenLifetimeSeconds * 1000);
    return token;
  }

  accepts(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    return (
      sameText(token, this.#settings.bearerToken) || (this.#expiry.get(token) ?? 0) > this.#settings.now()
    );
  }

  /** Makes every issued token stop working, as a revocation does. */
  revoke(): void {
    this.#expiry.clear();
  }
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
