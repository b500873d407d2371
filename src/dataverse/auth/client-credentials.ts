/**
 * HOST: OAuth 2.0 client credentials. The protocol is oauth4webapi's; the HTTP below it is ours, for its bounds. What the
 * endpoint refuses is read again, because it may have been changed: a new secret needs no restart.
 */
import * as oauth from 'oauth4webapi';
import { scrub } from '../../common/scrub';
import { retryAfterMs } from '../http/answers';
import { DataverseError } from '../http/errors';
import type { HttpAnswer } from '../http/exchange';
import { send } from '../http/transport';
import { CachedTokens, type Token, tokenFailure } from './cached-tokens';
import { bearerTokenProblem, type OAuthCredentials } from './credentials';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 256 * 1024;
const MAX_CODE_LENGTH = 200;

/** AADSTS numbers that are told. More than one is rare. */
const MOST_NUMBERS = 10;

/** Statuses whose answer has no body, even where one was sent: Fetch refuses to make one. */
const NULL_BODY = [204, 205, 304];

/** Microsoft's token endpoint asks clients of this grant to wait for 60 seconds (MSAL's notes on throttling). */
export const DEFAULT_THROTTLED_MS = 60_000;

/** The shortest life that a Microsoft policy can give a token: for an answer that does not tell. */
const SHORTEST_LIFE_SECONDS = 600;

export interface ChangingCredentials {
  /** Reads them for the next token. @throws DataverseError where they cannot be read. */
  read(): Promise<OAuthCredentials>;
  /** Reads them once more, past every cache, after they were refused. @default `read` */
  reread?(): Promise<OAuthCredentials>;
}

export class ClientCredentials extends CachedTokens {
  readonly #source: ChangingCredentials;
  readonly #organization: string;
  /** Those of the last request, and those before them, which an answer may still repeat. */
  #known: readonly OAuthCredentials[] = [];

  /**
   * @param organization its origin, for which the tokens are.
   * @param now epoch milliseconds; for tests of renewal.
   */
  constructor(
    credentials: OAuthCredentials | ChangingCredentials,
    organization: string,
    now: () => number = Date.now,
  ) {
    super(now);
    if ('read' in credentials) this.#source = credentials;
    else {
      this.#source = { read: async () => credentials };
      this.#known = [credentials];
    }
    this.#organization = organization;
  }

  protected get credentialSecrets(): readonly string[] {
    return this.#known.flatMap(({ clientId, clientSecret }) => [clientSecret, clientId]);
  }

  protected async fetch(): Promise<Token> {
    const credentials = this.#note(await this.#source.read());
    try {
      return await this.#ask(credentials);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { read, reread = read } = this.#source;
      const others = this.#note(await reread().catch(() => credentials));
      if (isSame(credentials, others)) throw error;
      return this.#ask(others);
    }
  }

  #note(credentials: OAuthCredentials): OAuthCredentials {
    const [last] = this.#known;
    if (last === undefined) this.#known = [credentials];
    else if (!isSame(last, credentials)) this.#known = [credentials, last];
    return credentials;
  }

  async #ask({ clientId, clientSecret, tokenEndpoint }: OAuthCredentials): Promise<Token> {
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
    if (bearerTokenProblem(granted.access_token) !== undefined) {
      throw tokenFailure('unreadable', 'answered with a token that no header can hold', {
        status: response.status,
      });
    }
    return this.tokenOf(granted.access_token, (granted.expires_in ?? SHORTEST_LIFE_SECONDS) * 1000);
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
      throw tokenFailure(kind === 'tooLarge' ? 'unreadable' : kind, `could not be asked: ${message}`, {
        ...(after !== undefined && { retryAfterMs: after }),
      });
    });
    const { status } = answer;
    if (status === 408 || status === 429 || status >= 500) throw this.#later(answer);
    const hasBody = answer.body.length > 0 && !NULL_BODY.includes(status);
    return new Response(hasBody ? answer.body.toString('utf8') : null, {
      status,
      headers: { 'content-type': answer.headers['content-type'] ?? '' },
    });
  }

  /** Its 429 is plain text. */
  #later(answer: HttpAnswer): DataverseError {
    const { status } = answer;
    const after = retryAfterMs(answer, this.nowMs) ?? (status === 429 ? DEFAULT_THROTTLED_MS : undefined);
    if (after !== undefined) this.close(after);
    return tokenFailure(status === 429 ? 'throttled' : 'unavailable', `answered ${status}`, {
      status,
      ...(after !== undefined && { retryAfterMs: after }),
    });
  }

  protected asRefused(error: unknown): DataverseError {
    if (error instanceof DataverseError) return error;
    return tokenFailure('unauthorized', 'could not be asked with these credentials: check their form');
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof DataverseError && error.kind === 'unauthorized';
}

function isSame(one: OAuthCredentials, other: OAuthCredentials): boolean {
  const fields = ['clientId', 'clientSecret', 'tokenEndpoint'] as const;
  return fields.every((field) => one[field] === other[field]);
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
    return tokenFailure(status >= 400 && status !== 408 ? 'unauthorized' : 'unreadable', what, { status });
  }
  const { error_codes: numbers } = error.cause as { error_codes?: unknown };
  const codes = Array.isArray(numbers)
    ? numbers
        .filter(Number.isSafeInteger)
        .slice(0, MOST_NUMBERS)
        .map((number) => `AADSTS${number}`)
    : [];
  const code = scrub(error.error, secrets).slice(0, MAX_CODE_LENGTH);
  const said = [code, ...codes].join(', ');
  const fields = { status, code };
  if (['temporarily_unavailable', 'server_error'].includes(error.error))
    return tokenFailure('unavailable', `answered ${said}`, fields);
  return tokenFailure(
    'unauthorized',
    `refused the client credentials: ${said}. Check client id, secret and tenant`,
    fields,
  );
}
