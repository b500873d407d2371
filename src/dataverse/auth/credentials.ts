/** HOST: the credentials with which a client asks, and what a source of tokens is. */

export interface BearerCredentials {
  type: 'bearer';
  /** Made for one organization; ends within about an hour. */
  token: string;
}

export interface OAuthCredentials {
  type: 'oauth';
  clientId: string;
  clientSecret: string;
  /** `https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token` */
  tokenEndpoint: string;
}

/** The client secret is in a file, which is read for each token: whoever changes the secret needs no restart. */
export interface OAuthFileCredentials extends Omit<OAuthCredentials, 'clientSecret'> {
  /** Path of a file that holds the secret and nothing else; a line break at its end does not count. */
  clientSecretFile: string;
}

/** An access token as `@azure/core-auth` has it. */
export interface AccessToken {
  token: string;
  /** Epoch milliseconds, like `refreshAfterTimestamp`. */
  expiresOnTimestamp: number;
  /** When it should be renewed. @default some time before its end */
  refreshAfterTimestamp?: number;
}

/**
 * Whatever gives tokens of Microsoft Entra ID: the shape of `TokenCredential` in `@azure/core-auth`, so that every
 * credential of `@azure/identity` is one. It is asked about once an hour for each organization, and after a 401.
 */
export interface TokenCredential {
  /**
   * @param scopes one: the organization's `/.default`.
   * @returns null where there is no token.
   */
  getToken(scopes: string | string[], options?: { abortSignal?: AbortSignal }): Promise<AccessToken | null>;
  /** Is told of a token that was refused with 401: the next one must be another. @default not told */
  refuse?(token: string): void;
  /** Never there: by it this is told from other credentials. */
  type?: undefined;
}

export type DataverseCredentials =
  | BearerCredentials
  | OAuthCredentials
  | OAuthFileCredentials
  | TokenCredential;

/** What an input's references to secrets stand for. */
export type ResolvedCredentials = (BearerCredentials | OAuthCredentials) & {
  /** Reads the secrets again: they may have been changed since. @default they are not read again */
  reread?(): Promise<BearerCredentials | OAuthCredentials>;
};

export function isTokenCredential(credentials: DataverseCredentials): credentials is TokenCredential {
  return 'getToken' in credentials;
}

/** For a log: `bearer`, `oauth`, or what a credential in code calls itself. */
export function authenticationName(credentials: DataverseCredentials): string {
  if (!isTokenCredential(credentials)) return credentials.type;
  const { kind } = credentials as { kind?: unknown };
  return typeof kind === 'string' ? kind : 'tokenCredential';
}

const numbers = new WeakMap<object, number>();
let counted = 0;

/** What tells credentials apart, as JSON. Of an object that gives tokens nothing is looked at: it may hold anything. */
export function credentialsKey(credentials: DataverseCredentials): unknown {
  if (!isTokenCredential(credentials)) return credentials;
  const number = numbers.get(credentials) ?? ++counted;
  numbers.set(credentials, number);
  return { tokenCredential: number };
}

/** Returns what is wrong with a token, or undefined. Other characters than visible ASCII would be changed. */
export function bearerTokenProblem(token: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'must be one word of visible ASCII characters';
}

/** Gives the token that a request carries. */
export interface TokenSource {
  /** @throws DataverseError with outcome `refused`: without a token nothing is sent to the organization. */
  token(signal?: AbortSignal): Promise<string>;
  /** Tells that the organization answered 401 to this token. Returns true when another one can be asked for. */
  refuse(token: string): boolean;
  /** Texts that must not show in a message. */
  readonly secrets: readonly string[];
}
