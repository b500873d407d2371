/** HOST, development only: by what the application may prove who it is, as an option. */

/** A token of another issuer that the application may show in the place of a secret, as one of Kubernetes. */
export interface FederatedCredential {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Such as `system:serviceaccount:robots:worker`. */
  readonly subject: string;
  /** @default 'api://AzureADTokenExchange' */
  readonly audience?: string;
  /** PEM, of the key with which the issuer signs. */
  readonly publicKey: string;
}

/** By what the application may prove who it is. What is left out stays as it is. */
export interface RegisteredCredentials {
  /** All that are taken. */
  readonly clientSecrets?: readonly string[];
  /** PEM; a private key beside it is not looked at. */
  readonly certificates?: readonly string[];
  /** Whose tokens are taken in the place of a secret. */
  readonly federated?: readonly FederatedCredential[];
}
