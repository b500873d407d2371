/**
 * HOST, development only: the client credentials grant of the token endpoint (Microsoft:
 * v2-oauth2-client-creds-grant-flow).
 */
import { type TokenSituation, tokenErrorAnswer } from '../oauth/token-errors';
import { sameText } from '../oauth/tokens';
import { type Answer, Refusal } from '../odata/answers';
import type { Call } from './call';

export function issueToken(call: Call): Answer {
  const { settings, tokens } = call.world;
  const wrong = whatIsWrong(call);
  if (wrong !== undefined) return tokenErrorAnswer(...wrong, settings.now());
  // Version 1 writes numbers as texts.
  const lifetime = isVersion1(call) ? String(settings.tokenLifetimeSeconds) : settings.tokenLifetimeSeconds;
  return {
    status: 200,
    body: {
      token_type: 'Bearer',
      expires_in: lifetime,
      ext_expires_in: lifetime,
      access_token: tokens.issue(),
    },
  };
}

function whatIsWrong(call: Call): readonly [TokenSituation, string] | undefined {
  const { settings } = call.world;
  const tenant = call.params[0] ?? '';
  if (tenant === 'common' || tenant === 'consumers') return ['sharedTenant', tenant];
  if (tenant !== settings.tenantId) return ['unknownTenant', tenant];
  const form = new URLSearchParams(call.body.toString('utf8'));
  const grant = form.get('grant_type');
  if (grant !== 'client_credentials') {
    return grant === null ? ['missingParameter', 'grant_type'] : ['wrongGrantType', grant];
  }
  const { id, secret } = credentials(call, form);
  if (!id) return ['missingParameter', 'client_id'];
  if (id.toLowerCase() !== settings.clientId.toLowerCase()) return ['unknownClient', id];
  if (!secret) return ['noSecret', id];
  if (!sameText(secret, settings.clientSecret)) return ['wrongSecret', id];
  return isVersion1(call) ? wrongResource(call, form.get('resource')) : wrongScope(call, form.get('scope'));
}

/** Reads the credentials from the form, or from HTTP Basic. */
function credentials({ headers }: Call, form: URLSearchParams): { id: string | null; secret: string | null } {
  const basic = /^Basic ([\w+/=]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (basic === undefined) return { id: form.get('client_id'), secret: form.get('client_secret') };
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2);
  const decoded = new URLSearchParams(`id=${id}&secret=${secret}`);
  return { id: decoded.get('id'), secret: decoded.get('secret') };
}

/** Accepts one resource for each request, written as `<environment-url>/.default` (Microsoft: authenticate-oauth). */
function wrongScope({ origin }: Call, scope: string | null): readonly [TokenSituation, string] | undefined {
  if (scope === null) return ['missingParameter', 'scope'];
  const resource = /^(\S+?)\/+\.default$/.exec(scope)?.[1];
  if (resource === undefined) return ['badScope', scope];
  return sameOrigin(resource, origin) ? undefined : ['unknownResource', resource];
}

/** Without a resource version 1 issues a token for another audience, which Dataverse refuses: here it says so. */
function wrongResource(
  { origin }: Call,
  resource: string | null,
): readonly [TokenSituation, string] | undefined {
  if (resource === null) return ['missingParameter', 'resource'];
  return sameOrigin(resource, origin) ? undefined : ['unknownResource', resource];
}

function isVersion1({ path }: Call): boolean {
  return path.endsWith('/oauth2/token');
}

function sameOrigin(resource: string, origin: string): boolean {
  return URL.canParse(resource) && new URL(resource).origin === origin;
}

/** Answers too many token requests in plain text, not JSON (seen in issues of Microsoft's MSAL libraries). */
export function tokenThrottled(retryAfterSeconds: number | null): Answer {
  const retryAfter = retryAfterSeconds === null ? {} : { 'Retry-After': String(retryAfterSeconds) };
  return { status: 429, headers: { 'Content-Type': 'text/plain', ...retryAfter }, body: 'Too Many Requests' };
}

/** Refuses without a body, and says where to get a good token (seen; many clients rely on the header). */
export function checkToken({ world, headers, origin }: Call): void {
  if (world.tokens.accepts(headers.authorization)) return;
  throw new Refusal(401, '', '', challenge(origin, world.settings.tenantId));
}

export function challenge(origin: string, tenantId: string): { 'WWW-Authenticate': string } {
  const uri = `${origin}/${tenantId}/oauth2/authorize`;
  return { 'WWW-Authenticate': `Bearer authorization_uri=${uri}, resource_id=${origin}/` };
}
