/** HOST, development only: where the endpoints of the tenant are (OpenID Connect Discovery 1.0), for Microsoft's libraries. */
import { tokenErrorAnswer } from '../oauth/token-errors';
import type { Answer } from '../odata/answers';
import type { Call } from './call';

export function discover({ world: { settings }, authority, params: [tenant = ''] }: Call): Answer {
  if (tenant !== settings.tenantId) return tokenErrorAnswer('unknownTenant', tenant, settings.now());
  const base = `${authority}/${tenant}`;
  return {
    status: 200,
    body: {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ['code', 'id_token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
  };
}
