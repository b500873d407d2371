/**
 * HOST, development only: the client credentials grant of the token endpoint (Microsoft:
 * v2-oauth2-client-creds-grant-flow).
 */
import { ASSERTION_TYPE, assertionProblem } from '../oauth/client-assertion';
import { type TokenSituation, tokenErrorAnswer } from '../oauth/token-errors';
import { ORGANIZATION, sameText } from '../oauth/tokens';
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
      access_token: tokens.issue(audienceOf(call, resourceOf(call))),
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
  const wrong = whatIsWrongWithProof(call, form, { id, secret });
  if (wrong !== undefined) return wrong;
  return isVersion1(call) ? wrongResource(call, form.get('resource')) : wrongScope(call, form.get('scope'));
}

function whatIsWrongWithProof(
  { world: { settings, registration }, authority, path }: Call,
  form: URLSearchParams,
  { id, secret }: { id: string; secret: string | null },
): readonly [TokenSituation, string] | undefined {
  const { registered } = registration;
  const assertion = form.get('client_assertion');
  if (assertion !== null && form.get('client_assertion_type') === ASSERTION_TYPE) {
    const audiences = [`${authority}${path}`, `${authority}/${settings.tenantId}/v2.0`];
    return assertionProblem(assertion, registered, { clientId: id, audiences, now: settings.now() });
  }
  if (!secret) return ['noSecret', id];
  return registered.clientSecrets.some((known) => sameText(secret, known)) ? undefined : ['wrongSecret', id];
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
function wrongScope(call: Call, scope: string | null): readonly [TokenSituation, string] | undefined {
  if (scope === null) return ['missingParameter', 'scope'];
  const resource = resourceIn(scope);
  if (resource === undefined) return ['badScope', scope];
  return audienceOf(call, resource) === undefined ? ['unknownResource', resource] : undefined;
}

/** Microsoft's libraries ask for scopes of OpenID Connect beside it, which mean nothing here. */
function resourceIn(scope: string): string | undefined {
  const [resource, ...more] = scope.split(' ').filter((one) => !OIDC_SCOPES.includes(one));
  return more.length > 0 ? undefined : /^(\S+?)\/+\.default$/.exec(resource ?? '')?.[1];
}

const OIDC_SCOPES = ['openid', 'profile', 'offline_access'];

function resourceOf(call: Call): string {
  const form = new URLSearchParams(call.body.toString('utf8'));
  return form.get('resource') ?? resourceIn(form.get('scope') ?? '') ?? '';
}

/** Whom a token for this resource is for; undefined where the tenant does not know it. */
export function audienceOf({ origin, world: { settings } }: Call, resource: string): string | undefined {
  if (sameOrigin(resource, origin)) return ORGANIZATION;
  return settings.resources.find((known) => sameOrigin(resource, new URL(known).origin));
}

/** Without a resource version 1 issues a token for another audience, which Dataverse refuses: here it says so. */
function wrongResource(call: Call, resource: string | null): readonly [TokenSituation, string] | undefined {
  if (resource === null) return ['missingParameter', 'resource'];
  return audienceOf(call, resource) === undefined ? ['unknownResource', resource] : undefined;
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
