/** HOST: whether there is a token, and a user of the organization that it belongs to. */
import { isGuid } from '../common/schema/guid';
import { DataverseError } from '../dataverse';
import { jsonObject } from '../dataverse/http/answers';
import { TOKEN_REFUSALS } from './aadsts';
import { type Check, type Finding, found, passed, type Result, untold } from './check';
import { PAGES } from './portals';
import { refusalOf } from './refusals';
import type { Setup } from './setup';
import { WHERE_VARIABLES } from './variables';

const GROUP = 'Identity';
const VARIABLE = 'POWER_AUTOMATE_TOKEN_ENDPOINT';

export const IDENTITY_CHECKS: readonly Check[] = [
  {
    id: 'token-endpoint',
    group: GROUP,
    title: 'The token endpoint has the right form',
    kind: 'configuration',
    needs: ['credentials'],
    applies: isOAuth,
    run: checkEndpoint,
  },
  {
    id: 'tenant',
    group: GROUP,
    title: 'Token endpoint and organization are of one tenant',
    kind: 'configuration',
    needs: ['organization', 'token-endpoint'],
    applies: isOAuth,
    run: checkTenant,
  },
  {
    id: 'token',
    group: GROUP,
    title: 'Microsoft Entra ID gives a token',
    needs: ['credentials', 'organization-url', 'token-endpoint', 'tenant'],
    run: checkToken,
  },
  {
    id: 'membership',
    group: GROUP,
    title: 'The application is a user of the organization (WhoAmI)',
    needs: ['organization', 'token'],
    run: checkMembership,
  },
  {
    id: 'application-user',
    group: GROUP,
    title: 'The application user is enabled and has security roles',
    needs: ['membership'],
    run: checkUser,
  },
];

function isOAuth(setup: Setup): boolean {
  return setup.powerAutomate?.credentials?.type === 'oauth';
}

const WRONG_ENDPOINTS = [
  {
    is: /[{}<>]|\/(TENANT|YOUR[-_]?TENANT|tenant[-_]?id)(\/|$)/i,
    what: 'still has the placeholder of its tenant',
  },
  {
    is: /\/(common|organizations|consumers)\//i,
    what: 'is for the users of all tenants, and names no tenant',
  },
  {
    is: /\/authorize\/?(\?|$)/i,
    what: 'is the endpoint where people sign in (authorize), and not that of tokens',
  },
  {
    is: /^https:\/\/login\.(microsoftonline|partner\.microsoftonline|windows)\.[^?]*(?<!\/oauth2(\/v2\.0)?\/token\/?)$/i,
    what: 'does not end with /oauth2/v2.0/token',
  },
] as const;

function checkEndpoint(setup: Setup): Result {
  const written = setup.variable(VARIABLE) ?? '';
  const wrong = WRONG_ENDPOINTS.find(({ is }) => is.test(written));
  if (wrong === undefined) return passed(new URL(written).host);
  return found({
    code: 'token-endpoint-form',
    what: `${VARIABLE} ${wrong.what}`,
    why: 'No token can be had there',
    whatToDo:
      'Set it to https://login.microsoftonline.com/, the Directory (tenant) ID, and /oauth2/v2.0/token',
    where: PAGES.appEndpoints,
  });
}

/** Dataverse tells its tenant to everybody who comes without a token. */
async function checkTenant(setup: Setup): Promise<Result> {
  const { headers } = await setup.stranger();
  const uri = /authorization_uri="?([^",\s]+)/i.exec(headers['www-authenticate'] ?? '')?.[1];
  const theirs = tenantIn(uri);
  const ours = tenantIn(setup.variable(VARIABLE));
  if (theirs === undefined || ours === undefined) return untold('Dataverse does not tell its tenant');
  if (theirs === ours) return passed(ours);
  if (!isGuid(theirs) || !isGuid(ours)) return untold(`one is an id, the other a name: ${theirs}, ${ours}`);
  return found({
    code: 'tenant-differs',
    what: `The organization is of the tenant ${theirs}, and the token endpoint of ${ours}`,
    why: 'Dataverse takes tokens of its own tenant alone',
    whatToDo: `Put the tenant of the organization into ${VARIABLE}, and register the application there`,
    where: `${PAGES.appRegistration}; ${VARIABLE}`,
  });
}

function tenantIn(uri: string | undefined): string | undefined {
  if (uri === undefined || !URL.canParse(uri)) return undefined;
  return new URL(uri).pathname.split('/')[1]?.toLowerCase() || undefined;
}

async function checkToken(setup: Setup): Promise<Result> {
  const isBearer = setup.powerAutomate?.credentials?.type === 'bearer';
  try {
    await setup.token();
    return isBearer
      ? untold('a bearer token is not asked for; whether it is good, the next check tells')
      : passed('');
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return found(tokenFinding(error));
  }
}

function tokenFinding({ kind, message, code }: DataverseError): Finding {
  const number = /AADSTS\d+/.exec(message)?.[0] as `AADSTS${string}` | undefined;
  const known = number === undefined ? undefined : TOKEN_REFUSALS[number];
  if (number && known) return { code: number, ...known, why: message };
  if (kind === 'unauthorized') {
    return {
      code: number ?? 'token-refused',
      what: `The token endpoint refuses these credentials${code ? ` (${code})` : ''}`,
      why: message,
      whatToDo: `Look the code up at https://login.microsoftonline.com/error, and check client id, tenant, and the secret or certificate`,
      where: PAGES.appRegistration,
    };
  }
  const isThrottled = kind === 'throttled';
  return {
    code: isThrottled ? 'token-throttled' : 'token-endpoint-unreachable',
    what: isThrottled
      ? 'The token endpoint asks to wait'
      : 'The token endpoint gives no answer that can be used',
    why: message,
    whatToDo: isThrottled
      ? 'Wait a minute; look for a program that asks for a new token each time'
      : `Check ${VARIABLE} or POWER_AUTOMATE_AUTHORITY_HOST, and the way out of this network (HTTPS_PROXY)`,
    where: WHERE_VARIABLES,
  };
}

/** Dataverse's codes of a caller that is no user, or none that may do anything (Microsoft: Web service error codes). */
const NO_USER: Readonly<Record<string, Omit<Finding, 'why'>>> = {
  '0x80072560': {
    code: 'no-application-user',
    what: 'The application is no user of this organization',
    whatToDo: 'Add it: New app user, with the client id of the workers, and give it a security role',
    where: PAGES.applicationUsers,
  },
  '0x80041d1f': {
    code: 'application-user-disabled',
    what: 'The application user is disabled',
    whatToDo: 'Activate it: the application user, Activate',
    where: PAGES.applicationUsers,
  },
  '0x80040225': {
    code: 'application-user-disabled',
    what: 'The application user is disabled, or belongs to no business unit',
    whatToDo: 'Activate it, and check its business unit',
    where: PAGES.applicationUsers,
  },
  '0x80042f09': {
    code: 'no-roles',
    what: 'The application user has no security role',
    whatToDo:
      'Give it one that can run desktop flows, and read and cancel their runs: Environment Maker at least',
    where: PAGES.applicationUsers,
  },
  '0x80095ffe': {
    code: 'address-blocked',
    what: 'The IP firewall of the environment does not let this address in',
    whatToDo: 'Have the addresses of the workers allowed, or run them from one that is',
    where: `${PAGES.environment}; Settings, Privacy + Security, IP address settings`,
  },
};

async function checkMembership(setup: Setup): Promise<Result> {
  try {
    return passed(`user ${await setup.userId()}`);
  } catch (error) {
    return found(noUser(error) ?? notTaken(error) ?? refusalOf(error, 'WhoAmI'));
  }
}

function noUser(error: unknown): Finding | undefined {
  if (!(error instanceof DataverseError)) return undefined;
  const known = NO_USER[error.code?.toLowerCase() ?? ''];
  return known && { ...known, why: error.message };
}

function notTaken(error: unknown): Finding | undefined {
  if (!(error instanceof DataverseError) || error.kind !== 'unauthorized') return undefined;
  return {
    code: 'token-not-taken',
    what: 'Dataverse does not take this token',
    why: error.message,
    whatToDo:
      'A bearer token may be over, or for another organization: get a new one for exactly this URL; otherwise check that the tenant is that of the organization',
    where: WHERE_VARIABLES,
  };
}

const USER = '$select=fullname,isdisabled,applicationid&$expand=systemuserroles_association($select=name)';

async function checkUser(setup: Setup): Promise<Result> {
  const userId = await setup.userId();
  try {
    const user: Record<string, unknown> = jsonObject(await setup.ask(`systemusers(${userId})?${USER}`));
    const roles = Array.isArray(user.systemuserroles_association) ? user.systemuserroles_association : [];
    if (user.isdisabled === true) {
      return found({ ...(NO_USER['0x80041d1f'] as Finding), why: 'Its row in Dataverse says so' });
    }
    const who = user.applicationid
      ? `application user ${user.fullname}`
      : `${user.fullname}, who is a person`;
    const names = roles.map(({ name }: { name?: unknown }) => name).join(', ');
    return passed(`${who}; roles: ${names || 'those of its teams'}`);
  } catch (error) {
    const finding = noUser(error);
    if (finding) return found(finding);
    if (error instanceof DataverseError && error.kind === 'forbidden') {
      return untold('the user may not read its own row');
    }
    return found(refusalOf(error, "the user's own row"));
  }
}
