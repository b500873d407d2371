/**
 * HOST: secrets of an Azure Key Vault, by Microsoft's library, which is loaded when the first one is asked for. Values
 * are kept for some minutes, because the vault limits requests, and not longer, because a process that is dumped shows
 * what it holds.
 */
import type { TokenCredential } from '../dataverse';
import { loadPackage } from '../identity/optional-package';
import { type AllowedSecrets, allowedOnly, type SecretProvider } from './secrets';

export const KEY_VAULT_PACKAGE = '@azure/keyvault-secrets';

/** Microsoft: "Azure Key Vault service limits", 4,000 reads within 10 seconds by all who ask one vault. */
const DEFAULT_KEPT_MS = 5 * 60_000;

const TIMEOUT_MS = 30_000;

/** Node's longest. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Tries of the library beyond the first one; the activity comes again by itself. */
const LIBRARY_RETRIES = 1;

/** Microsoft: "Azure Key Vault object identifiers". */
const LONGEST_NAME = 127;

/** Options of `keyVaultSecrets`. */
export interface KeyVaultSecretsOptions extends AllowedSecrets {
  /** As whom the vault is asked: any credential of `@azure/identity`. It needs the role Key Vault Secrets User. */
  credential: TokenCredential;
  /** How long a value is kept, in milliseconds; 0 for not at all. @default 300000 */
  keptForMs?: number;
  /** For vaults that do not belong to the domain of their token, such as an emulated one. @default true */
  verifyChallengeResource?: boolean;
}

type Library = typeof import('@azure/keyvault-secrets');
type Client = InstanceType<Library['SecretClient']>;

/**
 * Secrets of an Azure Key Vault, such as `https://invoices.vault.azure.net`; needs the package `@azure/keyvault-secrets`. A vault takes
 * letters, digits and `-`: SAP_PASSWORD is SAP-PASSWORD there. Trouble with the vault is an error, which passes.
 */
export function keyVaultSecrets(url: string, options: KeyVaultSecretsOptions): SecretProvider {
  const vault = new KeyVault(new URL(url), options);
  return allowedOnly({ get: (name) => vault.get(name), forget: (name) => vault.forget(name) }, options);
}

/** Key Vault takes letters, digits and `-` alone: SAP_PASSWORD is SAP-PASSWORD there. */
function keyVaultName(name: string): string {
  return name.replace(/[^0-9a-z-]/gi, '-');
}

class KeyVault {
  readonly #url: URL;
  readonly #credential: RememberedCredential;
  readonly #keptForMs: number;
  readonly #verifies: boolean;
  #client: Client | undefined;
  /** By the vault's name, what is being asked for or was answered lately. */
  readonly #values = new Map<string, Promise<string | undefined>>();

  constructor(
    url: URL,
    { credential, keptForMs = DEFAULT_KEPT_MS, verifyChallengeResource = true }: KeyVaultSecretsOptions,
  ) {
    this.#url = url;
    this.#credential = new RememberedCredential(credential);
    this.#keptForMs = keptForMs;
    this.#verifies = verifyChallengeResource;
  }

  get(name: string): Promise<string | undefined> {
    const key = keyVaultName(name);
    if (key.length > LONGEST_NAME) return Promise.resolve(undefined);
    const known = this.#values.get(key);
    if (known) return known;
    const asked = this.#read(key);
    this.#values.set(key, asked);
    const forget = () => {
      if (this.#values.get(key) === asked) this.#values.delete(key);
    };
    asked.then((value) => {
      if (value === undefined || this.#keptForMs === 0) return forget();
      setTimeout(forget, Math.min(this.#keptForMs, LONGEST_TIMER_MS)).unref();
    }, forget);
    return asked;
  }

  forget(name: string): void {
    this.#values.delete(keyVaultName(name));
  }

  async #read(key: string): Promise<string | undefined> {
    try {
      return await this.#ask(key);
    } catch (error) {
      const { statusCode } = error as { statusCode?: unknown };
      if (statusCode !== 401) return this.#fail(error, key);
    }
    // The token of the library was refused; by itself the library would send it again and again until it ends.
    this.#client = undefined;
    this.#credential.refuseLast();
    return this.#ask(key).catch((error: unknown) => this.#fail(error, key));
  }

  async #ask(key: string): Promise<string | undefined> {
    this.#client ??= this.#connect();
    const { value } = await this.#client.getSecret(key, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    return value;
  }

  #connect(): Client {
    const { SecretClient } = loadPackage<Library>(KEY_VAULT_PACKAGE);
    return new SecretClient(this.#url.origin, this.#credential, {
      disableChallengeResourceVerification: !this.#verifies,
      retryOptions: { maxRetries: LIBRARY_RETRIES },
    });
  }

  /** The vault's own message names the caller, and the error holds the request with its token: codes alone survive. */
  #fail(error: unknown, key: string): undefined {
    const { statusCode, code, name } = error as Record<'statusCode' | 'code' | 'name', unknown>;
    if (statusCode === 404) return undefined;
    const said = [statusCode, code, name].find((one) => /^\w{1,100}$/.test(String(one ?? '')));
    const isOurs = name === 'DataverseError';
    const why = isOurs ? (error as Error).message : String(said ?? 'no code');
    throw new Error(`the key vault ${this.#url.host} does not give the secret ${key}: ${why}`);
  }
}

/** Knows which token was given last, so that it can be refused. */
class RememberedCredential implements TokenCredential {
  readonly #credential: TokenCredential;
  #last: string | undefined;

  constructor(credential: TokenCredential) {
    this.#credential = credential;
  }

  getToken: TokenCredential['getToken'] = async (scopes, options) => {
    const given = await this.#credential.getToken(scopes, options);
    this.#last = given?.token;
    return given;
  };

  refuseLast(): void {
    if (this.#last !== undefined) this.#credential.refuse?.(this.#last);
  }
}
