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

export type DataverseCredentials = BearerCredentials | OAuthCredentials;
