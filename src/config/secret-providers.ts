/** HOST: the providers of secrets that the variables name, in a row. */
import { isLoopback } from '../common/schema/urls';
import {
  type DataverseCredentials,
  isTokenCredential,
  type TokenCredential,
  tokenSourceFor,
} from '../dataverse';
import type { AzureCredential } from '../identity/azure-credential';
import { packageProblem } from '../identity/optional-package';
import { ConfigError } from './config-error';
import { fileSecrets } from './file-secrets';
import { KEY_VAULT_PACKAGE, keyVaultSecrets } from './key-vault-secrets';
import { environmentSecrets, type SecretProvider } from './secrets';
import { secretsInTurn } from './secrets-in-turn';

const ENVIRONMENT = 'environment';

export const DEFAULT_SECRETS_FROM = [ENVIRONMENT];

const VARIABLE = 'POWER_AUTOMATE_SECRETS_FROM';

export interface SecretSettings {
  /** POWER_AUTOMATE_SECRETS_FROM. */
  secretsFrom: readonly string[];
  /** POWER_AUTOMATE_SECRETS, for all of them. */
  allowedSecrets: readonly string[];
  /** POWER_AUTOMATE_SECRETS_KEPT_FOR, in milliseconds. */
  secretsKeptForMs?: number;
  /** POWER_AUTOMATE_KEY_VAULT_CREDENTIAL. */
  keyVaultCredential?: TokenCredential;
  /** The worker's own: as whom a vault is asked where nobody else is named. */
  credentials?: DataverseCredentials;
}

/** Returns what is wrong with an entry of the list, or undefined. */
export function secretsFromProblem(entry: string): string | undefined {
  if (entry === ENVIRONMENT || entry.startsWith('/') || /^[a-z]:[\\/]/i.test(entry)) return undefined;
  if (!isVault(entry)) {
    return `must hold ${ENVIRONMENT}, paths of folders, or URLs of key vaults such as https://invoices.vault.azure.net, comma-separated`;
  }
  const missing = packageProblem(KEY_VAULT_PACKAGE);
  return missing && `names a key vault, which ${missing}`;
}

function isVault(entry: string): boolean {
  const url = URL.canParse(entry) ? new URL(entry) : undefined;
  return url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash && !url.username;
}

/** @throws ConfigError where a vault is named, and nobody as whom it could be asked. */
export function configuredSecrets(environment: NodeJS.ProcessEnv, settings: SecretSettings): SecretProvider {
  const vaultCredential = settings.keyVaultCredential ?? tokenCredentialOf(settings.credentials);
  return providersOf(environment, settings, vaultCredential);
}

/** For the worker itself, which may read names that inputs may not. A vault must not need what it is asked for. */
export function ownSecretReader(
  environment: NodeJS.ProcessEnv,
  settings: Pick<SecretSettings, 'secretsFrom' | 'secretsKeptForMs'>,
  vaultCredential: AzureCredential | undefined,
): (name: string) => Promise<string | undefined> {
  const secretsFrom = settings.secretsFrom.filter(
    (entry) => vaultCredential !== undefined || !isVault(entry),
  );
  return (name) => {
    const own = { ...settings, secretsFrom, secretsKeptForMs: 0, allowedSecrets: [name] };
    return providersOf(environment, own, vaultCredential).get(name);
  };
}

function providersOf(
  environment: NodeJS.ProcessEnv,
  { secretsFrom, allowedSecrets: allow, secretsKeptForMs: keptForMs }: SecretSettings,
  credential: TokenCredential | undefined,
): SecretProvider {
  const providers = secretsFrom.map((entry) => {
    if (entry === ENVIRONMENT) return environmentSecrets(environment, { allow });
    if (!isVault(entry)) return fileSecrets(entry, { allow });
    if (credential === undefined) {
      throw new ConfigError([
        `${VARIABLE} names a key vault, so POWER_AUTOMATE_CREDENTIAL or POWER_AUTOMATE_KEY_VAULT_CREDENTIAL must be set: a bearer token is for Dataverse alone`,
      ]);
    }
    // An emulated vault has no domain that its token could belong to.
    const verifyChallengeResource = !isLoopback(new URL(entry).hostname);
    return keyVaultSecrets(entry, { credential, allow, keptForMs, verifyChallengeResource });
  });
  const [only, ...more] = providers;
  return only !== undefined && more.length === 0 ? only : secretsInTurn(providers);
}

/** The source keeps the token. Who asks comes again soon, so that it hears of a new one. */
const ASK_AGAIN_MS = 60_000;

/** The worker's own credentials as the credential of a library of Microsoft's; undefined for a bearer token. */
export function tokenCredentialOf(
  credentials: DataverseCredentials | undefined,
): TokenCredential | undefined {
  if (credentials === undefined || credentials.type === 'bearer') return undefined;
  if (isTokenCredential(credentials)) return credentials;
  const sourceOf = (scope: string) => tokenSourceFor(new URL(scope), credentials);
  let last: { scope: string } | undefined;
  return {
    async getToken(scopes, { abortSignal } = {}) {
      const [scope = ''] = [scopes].flat();
      last = { scope };
      const token = await sourceOf(scope).token(abortSignal);
      return { token, expiresOnTimestamp: Date.now() + ASK_AGAIN_MS };
    },
    refuse(token) {
      if (last) sourceOf(last.scope).refuse(token);
    },
  };
}
