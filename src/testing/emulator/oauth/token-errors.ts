/**
 * HOST, development only: the refusals of the token endpoint (Microsoft: v2-oauth2-client-creds-grant-flow,
 * reference-error-codes). For some the status is documented or was seen; for the rest it is chosen by analogy.
 */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../odata/answers';

interface TokenError {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: (subject: string) => string;
}

const ERRORS = {
  wrongSecret: {
    status: 401,
    error: 'invalid_client',
    number: 7000215,
    text: (app) =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app}'.`,
  },
  expiredSecret: {
    status: 401,
    error: 'invalid_client',
    number: 7000222,
    text: (app) => `The provided client secret keys for app '${app}' are expired.`,
  },
  noSecret: {
    status: 401,
    error: 'invalid_client',
    number: 7000218,
    text: () =>
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  malformedAssertion: {
    status: 401,
    error: 'invalid_client',
    number: 50027,
    text: () => 'JWT token is invalid or malformed.',
  },
  unknownCertificate: {
    status: 401,
    error: 'invalid_client',
    number: 700027,
    text: (app) =>
      `The certificate with identifier used to sign the client assertion is not registered on application '${app}'.`,
  },
  assertionOutOfTime: {
    status: 401,
    error: 'invalid_client',
    number: 700024,
    text: () => 'Client assertion is not within its valid time range.',
  },
  wrongAudience: {
    status: 401,
    error: 'invalid_client',
    number: 700023,
    text: () => 'Client assertion audience claim does not match Realm issuer.',
  },
  unknownIssuer: {
    status: 401,
    error: 'invalid_client',
    number: 700211,
    text: (issuer) =>
      `No matching federated identity record found for presented assertion issuer '${issuer}'.`,
  },
  unknownSubject: {
    status: 401,
    error: 'invalid_client',
    number: 700213,
    text: (subject) =>
      `No matching federated identity record found for presented assertion subject '${subject}'.`,
  },
  unknownAudience: {
    status: 401,
    error: 'invalid_client',
    number: 700212,
    text: (audience) =>
      `No matching federated identity record found for presented assertion audience '${audience}'.`,
  },
  wrongSignature: {
    status: 401,
    error: 'invalid_client',
    number: 50013,
    text: () => 'Assertion failed signature validation.',
  },
  unknownClient: {
    status: 400,
    error: 'unauthorized_client',
    number: 700016,
    text: (app) => `Application with identifier '${app}' was not found in the directory.`,
  },
  unknownTenant: {
    status: 400,
    error: 'invalid_request',
    number: 90002,
    text: (tenant) => `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
  },
  sharedTenant: {
    status: 400,
    error: 'invalid_request',
    number: 9001023,
    text: (tenant) =>
      `The grant type isn't supported over the /${tenant} endpoint. Use the tenant-specific endpoint.`,
  },
  unknownResource: {
    status: 400,
    error: 'invalid_resource',
    number: 500011,
    text: (resource) => `The resource principal named ${resource} was not found in the tenant.`,
  },
  badScope: {
    status: 400,
    error: 'invalid_scope',
    number: 70011,
    text: (scope) =>
      `The provided value for the input parameter 'scope' isn't valid. The scope ${scope} isn't valid.`,
  },
  missingParameter: {
    status: 400,
    error: 'invalid_request',
    number: 900144,
    text: (name) => `The request body must contain the following parameter: '${name}'.`,
  },
  wrongGrantType: {
    status: 400,
    error: 'unsupported_grant_type',
    number: 70003,
    text: (grant) => `The app requested an unsupported grant type '${grant}'.`,
  },
  appDisabled: {
    status: 400,
    error: 'unauthorized_client',
    number: 7000112,
    text: (app) => `Application '${app}' is disabled.`,
  },
  conditionalAccess: {
    status: 400,
    error: 'access_denied',
    number: 53003,
    text: () => 'Access has been blocked by Conditional Access policies.',
  },
  busy: {
    status: 503,
    error: 'temporarily_unavailable',
    number: 90033,
    text: () => 'A transient error has occurred. Please try again.',
  },
} as const satisfies Record<string, TokenError>;

export type TokenSituation = keyof typeof ERRORS;
export const TOKEN_SITUATIONS = Object.keys(ERRORS) as [TokenSituation, ...TokenSituation[]];

export function tokenErrorAnswer(situation: TokenSituation, subject: string, now: number): Answer {
  const { status, error, number, text } = ERRORS[situation];
  return tokenFailure(status, error, text(subject), number, now);
}

export function tokenFailure(
  status: number,
  error: string,
  text: string,
  number: number,
  now: number,
): Answer {
  const trace = randomUUID();
  const correlation = randomUUID();
  const timestamp = new Date(now).toISOString().replace('T', ' ').replace(/\.\d+/, '');
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${text}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${timestamp}`,
      error_codes: [number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}
