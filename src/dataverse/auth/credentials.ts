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

/** Returns what is wrong with a token, or undefined. Other characters than visible ASCII would be changed. */
export function bearerTokenProblem(token: string): string | undefined {
  return /^[\x21-\x7e]+$/.test(token) ? undefined : 'must be one word of visible ASCII characters';
}

export type DataverseCredentials = BearerCredentials | OAuthCredentials;

/** Gives the token that a request carries. */
export interface TokenSource {
  /** @throws DataverseError with outcome `refused`: without a token nothing is sent to the organization. */
  token(signal?: AbortSignal): Promise<string>;
  /** Tells that the organization answered 401 to this token. Returns true when another one can be fetched. */
  refuse(token: string): boolean;
  /** Texts that must not show in a message. */
  readonly secrets: readonly string[];
}
