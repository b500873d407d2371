/** Each kind of credential as an operator sets it up, and how it is rotated: on this machine and in the tenant. */
import type { Emulator } from '../../src/testing/emulator';
import { selfSigned } from './certificate';
import { Cluster, MountedFolder, pemOf } from './identities';

export interface CredentialKind {
  /** The variables of the worker. */
  environment: Record<string, string>;
  /** Those that Microsoft's library reads by itself, from its process. */
  ofProcess?: Record<string, string>;
  /** Puts a new proof where the worker reads it. @default nothing: the platform does it */
  replace?(): void;
  /** Has the tenant take the new proof alone. @default nothing: the platform does it */
  retireOld?(): void;
}

const TENANT_ID = 'emulator.onmicrosoft.com';
const NEW_SECRET = 'the-client-secret-of-next-year';

export const CREDENTIAL_KIND_NAMES = [
  'clientSecret, in a file',
  'clientCertificate, in a file',
  'clientCertificate, from a secret',
  'workloadIdentity',
  'managedIdentity',
  'default',
] as const;

type Name = (typeof CREDENTIAL_KIND_NAMES)[number];

export class CredentialKinds {
  readonly #folder = new MountedFolder();
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** All that proves something, and must not show anywhere. */
  readonly secrets: string[] = [];

  readonly kinds: Record<Name, () => CredentialKind> = {
    'clientSecret, in a file': () => this.#clientSecret(),
    'clientCertificate, in a file': () =>
      this.#certificate((path) => ({ POWER_AUTOMATE_CLIENT_CERTIFICATE_FILE: path })),
    'clientCertificate, from a secret': () =>
      this.#certificate(() => ({
        POWER_AUTOMATE_CLIENT_CERTIFICATE_SECRET: 'application.pem',
        POWER_AUTOMATE_SECRETS_FROM: this.#folder.path,
      })),
    workloadIdentity: () => this.#pod('workloadIdentity'),
    managedIdentity: () => this.#managedIdentity(),
    default: () => this.#pod('default'),
  };

  close(): void {
    this.#folder.remove();
  }

  get #application() {
    return {
      POWER_AUTOMATE_ORGANIZATION_URI: this.#emulator.url,
      POWER_AUTOMATE_CLIENT_ID: this.#emulator.clientId,
      POWER_AUTOMATE_TENANT_ID: TENANT_ID,
      POWER_AUTOMATE_AUTHORITY_HOST: this.#emulator.authorityHost ?? '',
    };
  }

  #clientSecret(): CredentialKind {
    const { clientSecret, tokenEndpoint } = this.#emulator;
    this.secrets.push(clientSecret, NEW_SECRET);
    this.#emulator.register({ clientSecrets: [clientSecret] });
    return {
      environment: {
        ...this.#application,
        POWER_AUTOMATE_CREDENTIAL: 'clientSecret',
        POWER_AUTOMATE_TOKEN_ENDPOINT: tokenEndpoint,
        POWER_AUTOMATE_CLIENT_SECRET_FILE: this.#folder.put('secret', `${clientSecret}\n`),
      },
      replace: () => this.#folder.put('secret', NEW_SECRET),
      retireOld: () => this.#emulator.register({ clientSecrets: [NEW_SECRET] }),
    };
  }

  #certificate(variables: (path: string) => Record<string, string>): CredentialKind {
    const [old, next] = [selfSigned(['worker'], 'rsa'), selfSigned(['worker'], 'rsa')];
    this.secrets.push(...linesOf(old.key), ...linesOf(next.key));
    this.#emulator.register({ certificates: [old.cert] });
    const path = this.#folder.put('application.pem', pemOf(old));
    return {
      environment: {
        ...this.#application,
        POWER_AUTOMATE_CREDENTIAL: 'clientCertificate',
        ...variables(path),
      },
      replace: () => this.#folder.put('application.pem', pemOf(next)),
      retireOld: () => this.#emulator.register({ certificates: [next.cert] }),
    };
  }

  #pod(kind: 'workloadIdentity' | 'default'): CredentialKind {
    const [old, next] = [new Cluster(), new Cluster()];
    const tokens = [old.token(), next.token()] as const;
    this.secrets.push(...tokens);
    this.#emulator.register({ federated: old.federated });
    const ofProcess = {
      AZURE_CLIENT_ID: this.#emulator.clientId,
      AZURE_TENANT_ID: TENANT_ID,
      AZURE_FEDERATED_TOKEN_FILE: this.#folder.put('token', tokens[0]),
    };
    const { POWER_AUTOMATE_ORGANIZATION_URI, POWER_AUTOMATE_AUTHORITY_HOST } = this.#application;
    return {
      environment: {
        POWER_AUTOMATE_ORGANIZATION_URI,
        POWER_AUTOMATE_AUTHORITY_HOST,
        POWER_AUTOMATE_CREDENTIAL: kind,
        ...ofProcess,
      },
      ofProcess,
      replace: () => this.#folder.put('token', tokens[1]),
      retireOld: () => this.#emulator.register({ federated: next.federated }),
    };
  }

  #managedIdentity(): CredentialKind {
    const ofProcess = this.#emulator.identityEnvironment;
    this.secrets.push(ofProcess.IDENTITY_HEADER ?? '');
    return {
      environment: {
        POWER_AUTOMATE_CREDENTIAL: 'managedIdentity',
        POWER_AUTOMATE_ORGANIZATION_URI: this.#emulator.url,
      },
      ofProcess,
    };
  }
}

/** The first line of a PEM is the same for all keys of its kind. */
function linesOf(pem: string): string[] {
  return pem
    .split('\n')
    .filter((line) => line.length === 64)
    .slice(1);
}
