/**
 * HOST, development only: by what the application proves who it is. It is changed while the emulator runs, as an
 * administrator does who replaces a secret that is about to end.
 */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { FederatedCredential, RegisteredCredentials } from '../setup/registered-credentials';

export interface Registered {
  readonly clientSecrets: readonly string[];
  readonly certificates: readonly X509Certificate[];
  readonly federated: readonly (Required<Omit<FederatedCredential, 'publicKey'>> & {
    publicKey: KeyObject;
  })[];
}

/** Microsoft: "Configure an app to trust an external identity provider". */
const AUDIENCE = 'api://AzureADTokenExchange';

export class Registration {
  #registered: Registered = { clientSecrets: [], certificates: [], federated: [] };

  constructor(credentials: RegisteredCredentials) {
    this.register(credentials);
  }

  get registered(): Registered {
    return this.#registered;
  }

  register({ clientSecrets, certificates, federated }: RegisteredCredentials): void {
    this.#registered = {
      clientSecrets: clientSecrets ?? this.#registered.clientSecrets,
      certificates: certificates?.map((pem) => new X509Certificate(pem)) ?? this.#registered.certificates,
      federated:
        federated?.map(({ audience = AUDIENCE, publicKey, ...credential }) => ({
          ...credential,
          audience,
          publicKey: createPublicKey(publicKey),
        })) ?? this.#registered.federated,
    };
  }
}
