/** HOST: who may have payloads decoded: who has the shared token, or a token of the identity provider of Temporal's web UI. */
import { createHash, timingSafeEqual } from 'node:crypto';

interface TokenIssuer {
  /** What `iss` of a token must be. */
  issuer: string;
  /** What `aud` of a token must have. */
  audience: string;
  /** Where the issuer publishes its keys. */
  jwksUrl: string;
}

export interface Authorization {
  /** Shared by all who may decode. */
  token?: string;
  issuer?: TokenIssuer;
}

/** Who asks, for the log; undefined where nobody may be told anything. */
export type Authorize = (header: string | undefined) => Promise<string | undefined>;

/** Of issuers that publish keys: what both sides would have to know is no choice. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Clocks differ. */
const CLOCK_TOLERANCE_S = 30;

/** Without anything to check everybody may: the configuration allows that on loopback alone. */
export async function authorizerOf({ token, issuer }: Authorization): Promise<Authorize> {
  if (token === undefined && issuer === undefined) return async () => 'anybody on this machine';
  const byIssuer = issuer && (await issuersCheck(issuer));
  return async (header = '') => {
    const [, given] = /^Bearer +([\w.~+/=-]+)$/i.exec(header) ?? [];
    if (given === undefined) return undefined;
    if (token !== undefined && isSame(given, token)) return 'the shared token';
    return byIssuer?.(given);
  };
}

/** Takes the same time whatever is given. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one as Buffer, other as Buffer);
}

async function issuersCheck({ issuer, audience, jwksUrl }: TokenIssuer): Promise<Authorize> {
  const { createRemoteJWKSet, errors, jwtVerify } = await import('jose');
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['exp'],
  };
  return async (token = '') => {
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      return payload.sub ?? 'somebody without a name';
    } catch (error) {
      // The issuer is out of reach: that is no wrong token.
      const isOutOfReach = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
      if (isOutOfReach) throw error;
      return undefined;
    }
  };
}
