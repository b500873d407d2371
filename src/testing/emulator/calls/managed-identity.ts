/**
 * HOST, development only: the endpoint of managed identities on the machine itself, as App Service, Functions and Container
 * Apps have it (Microsoft: overview-managed-identity, "REST endpoint reference").
 */
import { randomUUID } from 'node:crypto';
import { sameText } from '../oauth/tokens';
import type { Answer } from '../odata/answers';
import type { Call } from './call';
import { audienceOf } from './token';

export function issueIdentityToken(call: Call): Answer {
  const { settings, tokens } = call.world;
  const { header, clientIds } = settings.managedIdentity;
  if (!sameText(String(call.headers['x-identity-header'] ?? ''), header)) {
    return refuse(401, 'The identity header is missing, or wrong.');
  }
  const clientId = call.query.get('client_id') ?? undefined;
  const isKnown =
    clientId === undefined ? settings.managedIdentity.systemAssigned : clientIds.includes(clientId);
  if (!isKnown) {
    const message =
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.';
    return refuse(400, clientId === undefined ? 'There is no system-assigned identity.' : message);
  }
  const resource = call.query.get('resource') ?? '';
  const audience = audienceOf(call, resource);
  if (audience === undefined) return refuse(400, `AADSTS500011: The resource ${resource} was not found.`);
  return {
    status: 200,
    body: {
      access_token: tokens.issue(audience),
      client_id: clientId ?? settings.clientId,
      expires_on: String(Math.floor(settings.now() / 1000) + settings.tokenLifetimeSeconds),
      resource,
      token_type: 'Bearer',
    },
  };
}

function refuse(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}
