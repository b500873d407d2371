/** HOST: where the token of a request comes from. */
import { RecentlyUsed } from '../../common/recently-used';
import { DataverseError } from '../http/errors';
import type { CachedTokens } from './cached-tokens';
import { type ChangingCredentials, ClientCredentials } from './client-credentials';
import { CredentialTokens } from './credential-tokens';
import {
  type BearerCredentials,
  credentialsKey,
  type DataverseCredentials,
  isTokenCredential,
  type OAuthCredentials,
  type OAuthFileCredentials,
  type ResolvedCredentials,
  type TokenSource,
} from './credentials';
import { digest } from './digest';
import { readSecretFile } from './secret-file';

/** A token that was given, and where it comes from a secret, what the secret has become. */
class Bearer implements TokenSource {
  #token: string;
  #isRefused = false;
  readonly #reread: (() => Promise<string>) | undefined;

  constructor({ token }: BearerCredentials, reread?: () => Promise<string>) {
    this.#token = token;
    this.#reread = reread;
  }

  get secrets(): readonly string[] {
    return [this.#token];
  }

  async token(): Promise<string> {
    if (this.#isRefused && this.#reread) {
      this.#isRefused = false;
      this.#token = await this.#reread().catch(() => this.#token);
    }
    return this.#token;
  }

  refuse(token: string): boolean {
    if (this.#reread && token === this.#token) this.#isRefused = true;
    return this.#reread !== undefined;
  }
}

/** Each holds a client secret, or a token. */
const MOST_SOURCES = 100;

/** One cache a credential and organization in this process, shared by all clients. */
const shared = new RecentlyUsed<CachedTokens>(MOST_SOURCES, ({ isInUse }) => isInUse);

export function tokenSourceFor(
  organization: URL,
  credentials: DataverseCredentials | ResolvedCredentials,
): TokenSource {
  const { origin } = organization;
  // Hashed, so that the secret is not a key of a map.
  const key = digest([origin, credentialsKey(credentials)]);
  if (isTokenCredential(credentials)) {
    return shared.get(key, () => new CredentialTokens(credentials, origin));
  }
  if (credentials.type === 'oauth') {
    return shared.get(key, () => new ClientCredentials(changing(credentials), origin));
  }
  const { reread } = credentials as ResolvedCredentials;
  return new Bearer(credentials, reread && (async () => ((await reread()) as BearerCredentials).token));
}

/** All that the sources of this process hold: secrets of clients, tokens. For a log, which must not show them. */
export function secretsInUse(): string[] {
  return [...shared.entries()].flatMap(([, { secrets }]) => secrets);
}

function changing(
  credentials: OAuthCredentials | OAuthFileCredentials | ResolvedCredentials,
): OAuthCredentials | ChangingCredentials {
  if ('clientSecretFile' in credentials) return { read: () => withSecretOf(credentials) };
  const own = credentials as OAuthCredentials;
  const { reread } = credentials as ResolvedCredentials;
  if (reread === undefined) return own;
  let current = own;
  return {
    read: async () => current,
    reread: async () => {
      current = (await reread()) as OAuthCredentials;
      return current;
    },
  };
}

/** That a file is not there, or empty, passes: who changes a secret may write the file in several steps. */
async function withSecretOf({
  clientSecretFile,
  ...credentials
}: OAuthFileCredentials): Promise<OAuthCredentials> {
  const clientSecret = await readSecretFile(clientSecretFile).catch(({ message }: Error) => {
    throw unreadable(message);
  });
  if (!clientSecret) throw unreadable(clientSecret === '' ? 'it is empty' : 'it is not there');
  return { ...credentials, clientSecret };
}

function unreadable(why: string): DataverseError {
  const message = `The file with the client secret cannot be read: ${why}. Nothing was sent`;
  return new DataverseError(message, { kind: 'unavailable', outcome: 'refused' });
}
