/**
 * HOST, development only: a signed text in the place of a client secret (Microsoft: certificate-credentials,
 * workload-identity-federation). Signed with the application's certificate, or by an issuer that it trusts.
 */
import { constants, type KeyObject, verify } from 'node:crypto';
import type { Registered } from './registration';
import type { TokenSituation } from './token-errors';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export interface Expected {
  clientId: string;
  /** The token endpoint, as the client may write it. */
  audiences: readonly string[];
  now: number;
}

type Problem = readonly [TokenSituation, string];

interface Assertion {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Whether it is signed with the private half of this key. */
  isSignedWith(key: KeyObject): boolean;
}

export function assertionProblem(
  text: string,
  registered: Registered,
  expected: Expected,
): Problem | undefined {
  const assertion = parse(text);
  if (assertion === undefined) return ['malformedAssertion', expected.clientId];
  const { claims } = assertion;
  const problem =
    claims.iss === expected.clientId
      ? certificateProblem(assertion, registered, expected)
      : federationProblem(assertion, registered);
  if (problem !== undefined) return problem;
  const seconds = expected.now / 1000;
  const isInTime = Number(claims.exp) > seconds && !(Number(claims.nbf) > seconds + CLOCK_SKEW_S);
  return isInTime ? undefined : ['assertionOutOfTime', expected.clientId];
}

/** Clocks differ. */
const CLOCK_SKEW_S = 300;

function certificateProblem(
  assertion: Assertion,
  { certificates }: Registered,
  { clientId, audiences }: Expected,
): Problem | undefined {
  const { header, claims } = assertion;
  const certificate = certificates.find(
    ({ fingerprint, fingerprint256 }) =>
      header['x5t#S256'] === base64url(fingerprint256) || header.x5t === base64url(fingerprint),
  );
  if (certificate === undefined || !assertion.isSignedWith(certificate.publicKey)) {
    return ['unknownCertificate', clientId];
  }
  return audiences.includes(String(claims.aud)) ? undefined : ['wrongAudience', clientId];
}

function federationProblem(assertion: Assertion, { federated }: Registered): Problem | undefined {
  const { iss, sub, aud } = assertion.claims;
  const ofIssuer = federated.filter(({ issuer }) => issuer === iss);
  if (ofIssuer.length === 0) return ['unknownIssuer', String(iss)];
  const credential = ofIssuer.find(({ subject }) => subject === sub);
  if (credential === undefined) return ['unknownSubject', String(sub)];
  if (![aud].flat().includes(credential.audience)) return ['unknownAudience', String(aud)];
  return assertion.isSignedWith(credential.publicKey) ? undefined : ['wrongSignature', String(iss)];
}

function parse(text: string): Assertion | undefined {
  const [header = '', claims = '', signature = '', ...more] = text.split('.');
  const head = object(header);
  const body = object(claims);
  if (head === undefined || body === undefined || more.length > 0) return undefined;
  return {
    header: head,
    claims: body,
    isSignedWith(key) {
      const options = { key, ...(head.alg === 'PS256' && PSS) };
      if (!['PS256', 'RS256'].includes(String(head.alg))) return false;
      return verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        options,
        Buffer.from(signature, 'base64url'),
      );
    },
  };
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

function object(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** @param fingerprint hexadecimal digits with colons between them. */
function base64url(fingerprint: string): string {
  return Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
}
