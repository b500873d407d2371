/** HOST: as whom a client asks. */

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
