/**
 * HOST: the credentials of `@azure/identity`, by their name in POWER_AUTOMATE_CREDENTIAL. Each token is asked for with a
 * new object of the library, because those keep what they have read: the certificate for ever, a token of Kubernetes for five
 * minutes, and access tokens, also such as were refused. Who asks here keeps the token, see `CachedTokens`.
 */
import { createRequire } from 'node:module';
import { type AccessToken, DataverseError, digest, readSecretFile, type TokenCredential } from '../dataverse';
import { certificateProblem } from './certificate';
import { loadPackage } from './optional-package';

export const IDENTITY_PACKAGE = '@azure/identity';

type Library = typeof import('@azure/identity');

interface Application {
  tenantId: string;
  clientId: string;
  /** @default AZURE_AUTHORITY_HOST, else that of Azure's public cloud */
  authorityHost?: string;
}

interface ClientCertificate extends Application {
  kind: 'clientCertificate';
  /** Reads the certificate and its private key, both in one PEM text; undefined where there is none. */
  readCertificate(): Promise<string | undefined>;
  /** Of the private key. @default none */
  password?: string;
}

interface WorkloadIdentity extends Application {
  kind: 'workloadIdentity';
  /** Path of the file with the token of the service account, as Kubernetes projects and renews it. */
  tokenFile: string;
}

interface ManagedIdentity {
  kind: 'managedIdentity';
  /** Of a user-assigned identity. @default the system-assigned one */
  clientId?: string;
}

interface DefaultCredential extends Partial<Application> {
  kind: 'default';
}

export type AzureCredentialOptions =
  | ClientCertificate
  | WorkloadIdentity
  | ManagedIdentity
  | DefaultCredential;

/** Tries of the library beyond the first one: an activity comes again by itself, and then waits as it should. */
const LIBRARY_RETRIES = 2;

/** Microsoft: "National clouds". The library knows them; of others it must not ask Microsoft whether they are genuine. */
const MICROSOFTS_HOSTS =
  /^login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn|windows\.net|chinacloudapi\.cn)$/;

type GetTokenOptions = Parameters<TokenCredential['getToken']>[1];

export class AzureCredential implements TokenCredential {
  readonly #options: AzureCredentialOptions;
  /** Hashed: a token that is of no more use needs no place in memory. */
  #refused: string | undefined;

  constructor(options: AzureCredentialOptions) {
    this.#options = options;
  }

  get kind(): AzureCredentialOptions['kind'] {
    return this.#options.kind;
  }

  /** Microsoft writes the client id into its errors. */
  get secrets(): readonly string[] {
    const { clientId } = this.#options;
    const password = 'password' in this.#options ? this.#options.password : undefined;
    return [clientId, password].filter((secret) => secret !== undefined);
  }

  refuse(token: string): void {
    this.#refused = digest(token);
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    const given = await this.#ask(scopes, options);
    return given && digest(given.token) === this.#refused ? this.#askPastCache(scopes, given) : given;
  }

  /** What was refused may have been replaced after it was read. */
  async #ask(scopes: string | string[], options: GetTokenOptions): Promise<AccessToken | null> {
    const proof = await this.#readProof();
    try {
      return await this.#credential(proof).getToken(scopes, options);
    } catch (error) {
      const other = proof && (await this.#readProof().catch(() => proof));
      if (other === proof) throw error;
      return this.#credential(other).getToken(scopes, options);
    }
  }

  /** That a file is not there, or half there, passes: it is being replaced. At the start the configuration looks closer. */
  async #readProof(): Promise<string | undefined> {
    const options = this.#options;
    if (options.kind === 'workloadIdentity') {
      const token = await readOrSay(() => readSecretFile(options.tokenFile), 'token of the service account');
      if (!token?.trim()) throw unreadable('token of the service account', 'there is none');
      return token;
    }
    if (options.kind !== 'clientCertificate') return undefined;
    const pem = await readOrSay(options.readCertificate, 'client certificate');
    if (!pem) throw unreadable('client certificate', 'there is none');
    const problem = certificateProblem(pem, options.password);
    if (problem !== undefined) throw unreadable('client certificate', `it ${problem}`);
    return pem;
  }

  #credential(proof = '') {
    const library = loadPackage<Library>(IDENTITY_PACKAGE);
    const options = this.#options;
    const common = { retryOptions: { maxRetries: LIBRARY_RETRIES }, ...authorityOf(options) };
    switch (options.kind) {
      case 'clientCertificate': {
        const { tenantId, clientId, password } = options;
        const certificate = { certificate: proof, certificatePassword: password };
        return new library.ClientCertificateCredential(tenantId, clientId, certificate, common);
      }
      case 'workloadIdentity': {
        const { tenantId, clientId, tokenFile } = options;
        return new library.WorkloadIdentityCredential({
          tenantId,
          clientId,
          tokenFilePath: tokenFile,
          ...common,
        });
      }
      case 'managedIdentity':
        return new library.ManagedIdentityCredential(
          options.clientId ? { clientId: options.clientId, ...common } : common,
        );
      case 'default':
        return new library.DefaultAzureCredential({
          ...common,
          ...(options.tenantId && { tenantId: options.tenantId }),
          ...(options.clientId && { managedIdentityClientId: options.clientId }),
        });
    }
  }

  /**
   * Tokens of managed identities are kept for the whole process, by the part of the library below `@azure/identity`, and
   * that part alone can be asked for another one.
   */
  async #askPastCache(scopes: string | string[], refused: AccessToken): Promise<AccessToken> {
    const { kind, clientId = process.env.AZURE_CLIENT_ID } = this.#options;
    if (kind !== 'managedIdentity' && kind !== 'default') return refused;
    const userAssignedClientId = kind === 'default' ? clientId : this.#options.clientId;
    const { ManagedIdentityApplication }: Msal = createRequire(require.resolve(IDENTITY_PACKAGE))(
      '@azure/msal-node',
    );
    const [scope = ''] = [scopes].flat();
    try {
      const application = new ManagedIdentityApplication({
        ...(userAssignedClientId && { managedIdentityIdParams: { userAssignedClientId } }),
      });
      const { accessToken, expiresOn } = await application.acquireToken({
        resource: scope.replace(/\/\.default$/, ''),
        forceRefresh: true,
      });
      if (accessToken && expiresOn) return { token: accessToken, expiresOnTimestamp: expiresOn.getTime() };
    } catch {
      // The refused one is what there is. Whoever gets it again says what it was refused with.
    }
    return refused;
  }
}

/** What is needed of `@azure/msal-node`. */
interface Msal {
  ManagedIdentityApplication: new (options: {
    managedIdentityIdParams?: { userAssignedClientId: string };
  }) => {
    acquireToken(request: {
      resource: string;
      forceRefresh: boolean;
    }): Promise<{ accessToken?: string; expiresOn: Date | null }>;
  };
}

function authorityOf(options: AzureCredentialOptions) {
  const own = 'authorityHost' in options ? options.authorityHost : undefined;
  const authorityHost = own ?? process.env.AZURE_AUTHORITY_HOST;
  if (!authorityHost || !URL.canParse(authorityHost)) return {};
  return {
    authorityHost,
    disableInstanceDiscovery: !MICROSOFTS_HOSTS.test(new URL(authorityHost).hostname),
  };
}

async function readOrSay(read: () => Promise<string | undefined>, what: string): Promise<string | undefined> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(what, error instanceof Error ? error.message : 'unknown error');
  }
}

function unreadable(what: string, why: string): DataverseError {
  const message = `The ${what} cannot be read: ${why}. Nothing was sent`;
  return new DataverseError(message, { kind: 'unavailable', outcome: 'refused' });
}
