/** HOST: an authenticated conversation with one organization: token, gate, one renewal after a 401. */

import type { DataverseCredentials, ResolvedCredentials, TokenSource } from './auth/credentials';
import { tokenSourceFor } from './auth/token-source';
import { holdBackMs, isCertainRefusal, shownAnswer, toError } from './http/answers';
import { DataverseError, withoutSecrets } from './http/errors';
import type { BeforeWriting, HttpAnswer, HttpRequest, ShownAnswer } from './http/exchange';
import { send } from './http/transport';
import { gateOf, type OrganizationGate, type RequestLimits } from './limits/organization-gate';
import type { SharedWaits } from './limits/shared-waits';

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Microsoft: compose HTTP requests and handle errors. `null` defeats caches in between. */
const ODATA_HEADERS = {
  Accept: 'application/json',
  'OData-MaxVersion': '4.0',
  'OData-Version': '4.0',
  'If-None-Match': 'null',
};

export interface CallOptions {
  /** Gives the request up. */
  signal?: AbortSignal;
  /** Texts of the request that must not show in an error, where Dataverse repeats them. @default none */
  secrets?: readonly string[];
  /** Is shown the answer, before it is read. @default nobody */
  onAnswer?: (answer: ShownAnswer) => void;
}

export interface Call
  extends CallOptions,
    BeforeWriting,
    Partial<Pick<HttpRequest, 'headers' | 'maxBytes' | 'fresh'>> {
  /** Goes beyond the budget of requests. @default false */
  isUrgent?: boolean;
  /** Not to be carried out twice: sent again only after a certain refusal. @default false */
  isOnce?: boolean;
  method?: 'GET' | 'POST';
  /** Below `/api/data/v9.2/`, or a whole URL of this organization. */
  path: string;
  json?: unknown;
}

export class Session {
  readonly root: URL;
  readonly #tokens: TokenSource;
  readonly #timeoutMs: number;
  readonly #limits: RequestLimits | undefined;
  readonly #secrets: readonly string[];
  readonly #sharedWaits: SharedWaits | undefined;

  /**
   * @param secrets texts that must not show in an error, besides those of the credentials.
   * @param sharedWaits how other processes hear of a wait, and this one of theirs. @default not at all
   */
  constructor(
    organization: URL,
    credentials: DataverseCredentials | ResolvedCredentials,
    timeoutMs = TIMEOUT_MS,
    limits?: RequestLimits,
    secrets: readonly string[] = [],
    sharedWaits?: SharedWaits,
  ) {
    this.root = new URL('/api/data/v9.2/', organization);
    this.#tokens = tokenSourceFor(this.root, credentials);
    this.#timeoutMs = timeoutMs;
    this.#limits = limits;
    this.#secrets = secrets;
    this.#sharedWaits = sharedWaits;
  }

  /** Texts that must not show anywhere: those of the credentials, the token of now, and what the caller named. */
  get secrets(): readonly string[] {
    return [...this.#tokens.secrets, ...this.#secrets];
  }

  get #gate(): OrganizationGate {
    return gateOf(this.root, this.#limits);
  }

  /** @throws DataverseError where no token can be had */
  async checkToken(signal?: AbortSignal): Promise<void> {
    await this.#tokens.token(signal);
  }

  /** @throws DataverseError for any status other than 2xx */
  async call(call: Call): Promise<HttpAnswer> {
    await this.#hearOfWaits(call);
    this.#gate.check(call.isUrgent);
    const first = await this.#tokens.token(call.signal);
    let token = first;
    let answer = await this.#send(call, token);
    const mayRepeat = !call.isOnce || isCertainRefusal(answer);
    if (answer.status === 401 && mayRepeat && this.#tokens.refuse(token)) {
      token = await this.#tokens.token(call.signal);
      // The same one would be refused again.
      if (token !== first) answer = await this.#send(call, token);
    }
    const secrets = [first, token, ...this.#tokens.secrets, ...this.#secrets, ...(call.secrets ?? [])];
    if (answer.status < 200 || answer.status >= 300) throw toError(answer, secrets);
    call.onAnswer?.(shownAnswer(answer, secrets));
    return answer;
  }

  /** Holds its place at the gate only during the request: waiting for a token must not keep others from asking. */
  #send(call: Call, token: string): Promise<HttpAnswer> {
    return this.#gate.pass(async () => {
      const answer = await send(this.#request(call, token)).catch((error: unknown) => {
        // It names the host.
        throw error instanceof DataverseError ? withoutSecrets(error, this.#secrets) : error;
      });
      const waitMs = holdBackMs(answer);
      if (waitMs !== undefined) {
        this.#gate.close(waitMs);
        this.#sharedWaits?.tellOthers(this.root, waitMs);
      }
      return answer;
    }, call);
  }

  /** What is urgent stops something, and is held up by nobody else. */
  async #hearOfWaits({ isUrgent }: Call): Promise<void> {
    if (isUrgent || this.#sharedWaits === undefined) return;
    const waitMs = await this.#sharedWaits.toldToOthersMs(this.root);
    if (waitMs > 0) this.#gate.hold(waitMs);
  }

  /** A link in an answer must not lead the token elsewhere. */
  #urlOf(path: string): URL {
    const url = URL.canParse(path, this.root.href) ? new URL(path, this.root) : undefined;
    if (url?.origin === this.root.origin && url.username === '' && url.password === '') return url;
    throw new DataverseError('An answer of Dataverse leads to another host: nothing was sent there', {
      kind: 'unreadable',
      outcome: 'refused',
    });
  }

  #request(
    { method = 'GET', path, json, headers, maxBytes = MAX_BYTES, signal, fresh, beforeWriting }: Call,
    token: string,
  ): HttpRequest {
    const url = this.#urlOf(path);
    return {
      method,
      url,
      headers: {
        ...ODATA_HEADERS,
        ...headers,
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        Authorization: `Bearer ${token}`,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      timeoutMs: this.#timeoutMs,
      maxBytes,
      signal,
      fresh,
      beforeWriting,
    };
  }
}
