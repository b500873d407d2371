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

/** What is wrong with a token, or undefined. Anything else than visible ASCII would be sent in another form. */
export function bearerTokenProblem(token: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'must be one word of visible ASCII characters';
}

export type DataverseCredentials = BearerCredentials | OAuthCredentials;

/** Gives the token that a request carries. */
export interface TokenSource {
  /** @throws DataverseError with outcome `refused`: without a token nothing is sent to the organization. */
  token(signal?: AbortSignal): Promise<string>;
  /** The organization answered 401 to this token. True when another one can be had. */
  refuse(token: string): boolean;
  /** What must not show in a message. */
  readonly secrets: readonly string[];
}
