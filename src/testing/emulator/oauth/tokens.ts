/** HOST, development only: issues access tokens and checks them. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../setup/options';

interface Issued {
  readonly expiresAt: number;
  readonly audience: string;
}

/** The audience of the organization itself, by whatever host name it was asked for. */
export const ORGANIZATION = 'organization';

/** Holds access tokens with their expiry. Clients cannot read them, as they should not read real ones. */
export class Tokens {
  readonly #issued = new Map<string, Issued>();
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  issue(audience = ORGANIZATION): string {
    const now = this.#settings.now();
    for (const [token, { expiresAt }] of this.#issued) if (expiresAt <= now) this.#issued.delete(token);
    const token = `emulator.${randomBytes(24).toString('base64url')}`;
    this.#issued.set(token, { expiresAt: now + this.#settings.tokenLifetimeSeconds * 1000, audience });
    return token;
  }

  accepts(authorization: string | undefined, audience = ORGANIZATION): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    if (audience === ORGANIZATION && sameText(token, this.#settings.bearerToken)) return true;
    const issued = this.#issued.get(token);
    return issued?.audience === audience && issued.expiresAt > this.#settings.now();
  }

  /** Makes every issued token stop working, as a revocation does. */
  revoke(): void {
    this.#issued.clear();
  }
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
