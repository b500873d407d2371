/** HOST: where the token of a request comes from. */
import { ClientCredentials } from './client-credentials';
import type { DataverseCredentials, TokenSource } from './credentials';
import { digest } from './digest';

function bearer(token: string): TokenSource {
  return { token: async () => token, refuse: () => false, secrets: [token] };
}

/** One cache a credential and organization in this process, whoever made the client. */
const shared = new Map<string, TokenSource>();

export function tokenSourceFor(organization: URL, credentials: DataverseCredentials): TokenSource {
  if (credentials.type === 'bearer') return bearer(credentials.token);
  const { clientId, clientSecret, tokenEndpoint } = credentials;
  // Hashed, so that the secret is no key of a map.
  const key = digest([organization.origin, tokenEndpoint, clientId, clientSecret]);
  const source = shared.get(key) ?? new ClientCredentials(credentials, `${organization.origin}/.default`);
  shared.set(key, source);
  return source;
}
