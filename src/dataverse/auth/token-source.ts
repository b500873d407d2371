/** HOST: where the token of a request comes from. */
import { RecentlyUsed } from '../../common/recently-used';
import { ClientCredentials } from './client-credentials';
import type { DataverseCredentials, TokenSource } from './credentials';
import { digest } from './digest';

function bearer(token: string): TokenSource {
  return { token: async () => token, refuse: () => false, secrets: [token] };
}

/** Each holds a client secret. */
const MOST_SOURCES = 100;

/** One cache a credential and organization in this process, shared by all clients. */
const shared = new RecentlyUsed<ClientCredentials>(MOST_SOURCES, ({ isInUse }) => isInUse);

export function tokenSourceFor(organization: URL, credentials: DataverseCredentials): TokenSource {
  if (credentials.type === 'bearer') return bearer(credentials.token);
  const { clientId, clientSecret, tokenEndpoint } = credentials;
  // Hashed, so that the secret is not a key of a map.
  const key = digest([organization.origin, tokenEndpoint, clientId, clientSecret]);
  return shared.get(key, () => new ClientCredentials(credentials, organization.origin));
}
