/**
 * HOST: OAuth 2.0 client credentials with a cached token: callers that ask at once share one request, and the token
 * is renewed before it ends. The protocol is oauth4webapi's; the HTTP below it is ours, for its bounds.
 */
import * as oauth from 'oauth4webapi';
import { scrub } from '../../common/scrub';
import { retryAfterMs } from '../http/answers';
import { tokenRenewals } from '../http/diagnostics';
import { DataverseError, type DataverseErrorFields } from '../http/errors';
import type { HttpAnswer } from '../http/exchange';
import { send } from '../http/transport';
import { unlessAborted } from '../http/unless-aborted';
import type { OAuthCredentials, TokenSource } from './credentials';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 256 * 1024;
const MAX_CODE_LENGTH = 200;

/** Microsoft's token endpoint asks clients of this grant to wait for 60 seconds (MSAL's notes on throttling). */
const DEFAULT_THROTTLED_MS = 60_000;

/** A token is renewed this long before it ends, or after four fifths of a shorter life. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** After a renewal that failed, while the old token still works. */
const RENEW_AGAIN_MS = 30_000;

/** The shortest life that a Microsoft policy can give a token: for an answer that does not tell. */
const SHORTEST_LIFE_SECONDS = 600;

interface Token {
  value: string;
  /** Epoch milliseconds, like `endsAt`. */
  renewAt: number;
  endsAt: number;
}

export class ClientCredentials implements TokenSource {
  readonly #credentials: OAuthCredentials;
  readonly #organization: string;
  readonly #now: () => number;
  #cached: Token | undefined;
  #request: Promise<Token> | undefined;
  #closedUntil = 0;

  /**
   * @param organization its origin, for which the tokens are.
   * @param now epoch milliseconds; for tests of renewal.
   */
  constructor(credentials: OAuthCredentials, organization: string, now: () => number = Date.now) {
    this.#credentials = credentials;
    this.#organization = organization;
    this.#now = now;
  }

  get secrets(): readonly string[] {
    const { clientId, clientSecret } = this.#credentials;
    return [clientSecret, clientId, ...(this.#cached ? [this.#cached.value] : [])];
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
      failure('aborted', 'did not answer before the caller gave up'),
    );
    return value;
  }

  /** Callers that were refused together drop the token once: the others find that it is no longer the cached one. */
  refuse(token: string): boolean {
    if (this.#cached?.value === token) this.#cached = undefined;
    return true;
  }

  /** Renews early, so that a token endpoint may fail for a while: the old token still works. */
  async #renew(): Promise<Token> {
    try {
      this.#cached = await this.#fetch();
      tokenRenewals.publish({ outcome: 'renewed' });
      return this.#cached;
    } catch (error) {
      tokenRenewals.publish({ outcome: 'failed' });
      if (!this.#cached || this.#now() >= this.#cached.endsAt) throw asRefused(error);
      this.#cached = { ...this.#cached, renewAt: this.#now() + RENEW_AGAIN_MS };
      return this.#cached;
    }
  }

  async #fetch(): Promise<Token> {
    const waitMs = this.#closedUntil - this.#now();
    if (waitMs > 0) throw failure('throttled', 'asked to wait', { retryAfterMs: waitMs });
    const { clientId, clientSecret, tokenEndpoint } = this.#credentials;
    const server = { issuer: new URL(tokenEndpoint).origin, token_endpoint: tokenEndpoint };
    const client = { client_id: clientId };
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(clientSecret),
      isVersion1(tokenEndpoint)
        ? { resource: `${this.#organization}/` }
        : { scope: `${this.#organization}/.default` },
      {
        [oauth.customFetch]: (url, options) => this.#post(url, options),
        // The client has checked with `tokenEndpointProblem` that plain http goes to loopback only.
        [oauth.allowInsecureRequests]: true,
      },
    );
    const granted = await oauth
      .processClientCredentialsResponse(server, client, response)
      .catch((error: unknown) => Promise.reject(refusal(error, response.status, this.secrets)));
    const lifeMs = (granted.expires_in ?? SHORTEST_LIFE_SECONDS) * 1000;
    const endsAt = this.#now() + lifeMs;
    return {
      value: granted.access_token,
      renewAt: endsAt - Math.min(RENEW_BEFORE_MS, lifeMs / 5),
      endsAt,
    };
  }

  async #post(url: string, options: { body: unknown; headers: Record<string, string> }): Promise<Response> {
    const answer = await send({
      method: 'POST',
      url: new URL(url),
      headers: options.headers,
      body: String(options.body),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    }).catch(({ kind, message, retryAfterMs: after }: DataverseError) => {
      // `tooLarge` is for files, which the caller may choose not to fetch.
      throw failure(kind === 'tooLarge' ? 'unreadable' : kind, `could not be asked: ${message}`, {
        ...(after !== undefined && { retryAfterMs: after }),
      });
    });
    const { status } = answer;
    if (status === 429 || status >= 500) throw this.#later(answer);
    return new Response(answer.body.length > 0 ? answer.body.toString('utf8') : null, {
      status,
      headers: { 'content-type': answer.headers['content-type'] ?? '' },
    });
  }

  /** Its 429 is plain text. All callers that need this token wait. */
  #later(answer: HttpAnswer): DataverseError {
    const { status } = answer;
    const after = retryAfterMs(answer, this.#now()) ?? (status === 429 ? DEFAULT_THROTTLED_MS : undefined);
    if (after !== undefined) this.#closedUntil = this.#now() + after;
    return failure(status === 429 ? 'throttled' : 'unavailable', `answered ${status}`, {
      status,
      ...(after !== undefined && { retryAfterMs: after }),
    });
  }
}

/**
 * The endpoint of version 1 names the organization by `resource`, and takes no scope: without it the token would be for
 * somebody else. Microsoft: "OAuth 2.0 client credentials flow", versions 1 and 2.
 */
function isVersion1(tokenEndpoint: string): boolean {
  return /\/oauth2\/token\/?$/i.test(new URL(tokenEndpoint).pathname);
}

/** The description is left out: Microsoft writes the client id into it. The AADSTS numbers say the same. */
function refusal(error: unknown, status: number, secrets: readonly string[]): DataverseError {
  if (!(error instanceof oauth.ResponseBodyError)) {
    const what = `answered ${status} with something other than a token. Check its URL`;
    return failure(status >= 400 && status !== 408 ? 'unauthorized' : 'unreadable', what, { status });
  }
  const { error_codes: numbers } = error.cause as { error_codes?: unknown };
  const codes = Array.isArray(numbers)
    ? numbers.filter(Number.isInteger).map((number) => `AADSTS${number}`)
    : [];
  const code = scrub(error.error, secrets).slice(0, MAX_CODE_LENGTH);
  const said = [code, ...codes].join(', ');
  const fields = { status, code };
  if (['temporarily_unavailable', 'server_error'].includes(error.error))
    return failure('unavailable', `answered ${said}`, fields);
  return failure(
    'unauthorized',
    `refused the client credentials: ${said}. Check client id, secret and tenant`,
    fields,
  );
}

/** Without a token nothing was sent to the organization, so the outcome is always `refused`. */
function asRefused(error: unknown): DataverseError {
  if (error instanceof DataverseError) return error;
  return failure('unauthorized', 'could not be asked with these credentials: check their form');
}

function failure(
  kind: DataverseErrorFields['kind'],
  what: string,
  fields: Partial<DataverseErrorFields> = {},
): DataverseError {
  return new DataverseError(`The token endpoint ${what}`, { kind, outcome: 'refused', ...fields });
}
