/**
 * HOST: tokens of a credential in code, or of one of Microsoft's library. What such an error says may hold anything, such as
 * the client id or an assertion, so only codes survive: those of OAuth 2.0, of Microsoft Entra ID, and of Node's sockets.
 */
import { DataverseError, type DataverseErrorFields } from '../http/errors';
import { unlessAborted } from '../http/unless-aborted';
import { CachedTokens, type Token, tokenFailure } from './cached-tokens';
import { DEFAULT_THROTTLED_MS } from './client-credentials';
import { type AccessToken, bearerTokenProblem, type TokenCredential } from './credentials';

/** With the tries that Microsoft's library makes by itself. */
const TIMEOUT_MS = 60_000;

export class CredentialTokens extends CachedTokens {
  readonly #credential: TokenCredential;
  readonly #scope: string;

  /**
   * @param organization its origin, for which the tokens are.
   * @param now epoch milliseconds; for tests of renewal.
   */
  constructor(credential: TokenCredential, organization: string, now?: () => number) {
    super(now);
    this.#credential = credential;
    this.#scope = `${organization}/.default`;
  }

  protected get credentialSecrets(): readonly string[] {
    const { secrets } = this.#credential as { secrets?: unknown };
    return Array.isArray(secrets) ? secrets.filter((secret) => typeof secret === 'string') : [];
  }

  override refuse(token: string): boolean {
    this.#credential.refuse?.(token);
    return super.refuse(token);
  }

  protected async fetch(): Promise<Token> {
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS);
    // Not every credential minds the signal.
    const asked = Promise.resolve().then(() => this.#credential.getToken([this.#scope], { abortSignal }));
    const given: AccessToken | null = await unlessAborted(asked, abortSignal, () =>
      tokenFailure('timeout', `did not answer within ${TIMEOUT_MS} ms`),
    );
    if (typeof given?.token !== 'string' || bearerTokenProblem(given.token) !== undefined) {
      throw tokenFailure('unauthorized', 'was asked by a credential that gave no token');
    }
    const { token, expiresOnTimestamp, refreshAfterTimestamp = Number.POSITIVE_INFINITY } = given;
    const own = this.tokenOf(token, expiresOnTimestamp - this.nowMs);
    return { ...own, renewAt: Math.min(own.renewAt, refreshAfterTimestamp) };
  }

  protected asRefused(error: unknown): DataverseError {
    if (error instanceof DataverseError) return error;
    const { kind, said, ...fields } = judge(error);
    if (kind === 'throttled') this.close(DEFAULT_THROTTLED_MS);
    return tokenFailure(kind, said, {
      ...fields,
      ...(kind === 'throttled' && { retryAfterMs: DEFAULT_THROTTLED_MS }),
    });
  }
}

interface Judgement extends Pick<DataverseErrorFields, 'kind' | 'code' | 'status'> {
  said: string;
}

/** The errors of the OAuth 2.0 token endpoint (RFC 6749 5.2, 8707, and Microsoft's own). */
const REFUSALS =
  /\b(invalid_client|invalid_grant|invalid_request|invalid_resource|invalid_scope|unauthorized_client|unsupported_grant_type|access_denied|interaction_required|consent_required)\b/;

/** Microsoft Entra ID: "Authentication and authorization error codes", the passing ones. */
const PASSING = /\bAADSTS(90006|90012|90024|90033|50196|90055)\b|\b(temporarily_unavailable|server_error)\b/;

/** Of Node, and `endpoints_resolution_error` of Microsoft's library, which hides why a tenant's addresses cannot be had. */
const SOCKET =
  /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|network_error|endpoints_resolution_error|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*)\b/;

function judge(error: unknown): Judgement {
  const text = textOf(error);
  const status = statusOf(error);
  const numbers = [...new Set(text.match(/\bAADSTS\d{4,8}\b/g) ?? [])];
  const code = REFUSALS.exec(text)?.[1];
  const codes = [...(code ? [code] : []), ...numbers].join(', ');
  const fields = { ...(code && { code }), ...(status !== undefined && { status }) };
  if (status === 429 || /\bToo Many Requests\b/i.test(text)) {
    return { kind: 'throttled', said: 'asked to wait', status: 429 };
  }
  if (PASSING.test(text) || (status !== undefined && status >= 500)) {
    return {
      kind: 'unavailable',
      said: `answered ${codes || status || 'that it is not available'}`,
      ...fields,
    };
  }
  if (codes) {
    const said = `refused the credential: ${codes}. Check its application, and what is registered for it`;
    return { kind: 'unauthorized', said, ...fields };
  }
  const socket = SOCKET.exec(text)?.[1];
  if (socket)
    return { kind: 'network', said: `could not be reached (${socket}). Check its host, and the tenant` };
  const { name } = error as { name?: unknown };
  if (name === 'CredentialUnavailableError' || name === 'AggregateAuthenticationError') {
    const said =
      'could not be asked: there is no such credential on this machine, or a part of it is missing';
    return { kind: 'unauthorized', said, ...fields };
  }
  // Nothing says that it is for good.
  const isName = typeof name === 'string' && /^\w{1,100}$/.test(name);
  return { kind: 'unavailable', said: `gave no token (${isName ? name : 'unknown error'})`, ...fields };
}

/** Errors come in each other, and beside each other where a chain of credentials was asked. */
const DEEPEST = 5;

function partsOf(error: unknown, depth = 0): Record<string, unknown>[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return [];
  const { cause, errors, errorResponse } = error as Record<string, unknown>;
  const more = [cause, errorResponse, ...(Array.isArray(errors) ? errors : [])];
  return [error as Record<string, unknown>, ...more.flatMap((one) => partsOf(one, depth + 1))];
}

function textOf(error: unknown): string {
  const fields = ['message', 'code', 'errorCode', 'error', 'errorDescription'];
  return partsOf(error)
    .flatMap((part) => fields.map((field) => part[field]))
    .filter((value) => typeof value === 'string')
    .join('\n');
}

function statusOf(error: unknown): number | undefined {
  return partsOf(error)
    .map(({ statusCode }) => statusCode)
    .find((value): value is number => typeof value === 'number' && value >= 100 && value < 600);
}
