/** HOST: whether the organization's URL is one of Dataverse's Web API, who answers there, and at which time. */
import { organizationUriProblem } from '../common/schema/urls';
import { DataverseError, organizationHostProblem } from '../dataverse';
import { type Check, type Finding, found, passed, type Result } from './check';
import type { FindingCode } from './codes';
import { PAGES } from './portals';
import type { Setup } from './setup';

const GROUP = 'Organization';
const VARIABLE = 'POWER_AUTOMATE_ORGANIZATION_URI';

export const ORGANIZATION_CHECKS: readonly Check[] = [
  {
    id: 'organization-url',
    group: GROUP,
    title: "The organization's URL has the right form",
    kind: 'configuration',
    run: checkUrl,
  },
  {
    id: 'organization',
    group: GROUP,
    title: 'Dataverse answers there',
    kind: 'reach',
    needs: ['organization-url'],
    run: checkAnswer,
  },
  {
    id: 'clock',
    group: GROUP,
    title: 'The clocks agree',
    needs: ['organization'],
    run: checkClock,
  },
];

const RIGHT_FORM = 'https://contoso.crm4.dynamics.com';

function checkUrl(setup: Setup): Result {
  const written = setup.variable(VARIABLE);
  if (written === undefined) {
    return found(wrongUrl('organization-missing', `${VARIABLE} is not set`));
  }
  const form = WRONG_FORMS.find(({ is }) => is.test(written));
  if (form) return found(wrongUrl(form.code, `${VARIABLE} ${form.what}`, suggestion(written)));
  const problem = organizationUriProblem(written);
  if (problem) return found(wrongUrl('organization-url-form', `${VARIABLE} ${problem}`, suggestion(written)));
  const { origin, hostname } = new URL(written);
  if (/\.api\.crm/.test(hostname)) return passed(`${origin}, the same service as without .api`);
  const isForeign = organizationHostProblem(written) !== undefined;
  return passed(isForeign ? `${origin}, none of Microsoft's own names` : origin);
}

/** What people copy instead, each by what only it has; the first that fits tells. */
const WRONG_FORMS = [
  {
    code: 'organization-url-credentials',
    is: /^\w+:\/\/[^/?#]*@/,
    what: 'must not carry credentials',
  },
  {
    code: 'organization-url-id',
    is: /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i,
    what: 'is an id, of an environment or an organization, and not a URL',
  },
  {
    code: 'organization-url-maker-portal',
    is: /^(https?:\/\/)?(make\.(gov\.|high\.)?(powerautomate|powerapps)\.|(\w+\.)?flow\.microsoft\.)/i,
    what: "is the address of Power Automate's portal, and not of the organization",
  },
  {
    code: 'organization-url-admin-center',
    is: /^(https?:\/\/)?(admin\.(powerplatform|flow|powerapps)\.|[^/]*admin\.dynamics\.)/i,
    what: 'is the address of an admin center, and not of the organization',
  },
  {
    code: 'organization-url-platform-api',
    is: /^(https?:\/\/)?[^/]*api\.powerplatform\./i,
    what: "is the address of the Power Platform API, and not of Dataverse's Web API",
  },
  {
    code: 'organization-url-discovery',
    is: /^(https?:\/\/)?(globaldisco|disco)\./i,
    what: 'is the address of the discovery service, and not of the organization',
  },
  {
    code: 'organization-url-scheme',
    is: /^(?!\w+:\/\/)[\w.-]+\.(dynamics|microsoftdynamics|appsplatform)\.\w+/i,
    what: 'lacks https:// at its start',
  },
  {
    code: 'organization-url-http',
    is: /^http:\/\/[^/]*\.(dynamics|microsoftdynamics|appsplatform)\./i,
    what: 'must begin with https://, and not with http://',
  },
  {
    code: 'organization-url-region',
    is: /^https:\/\/[\w-]+(\.api)?\.dynamics\.(com|cn)\b/i,
    what: 'lacks the region, such as .crm4, before .dynamics',
  },
  {
    code: 'organization-url-path',
    is: /^https?:\/\/[^/?#@]+\/+[^/]/i,
    what: 'must end after the host: the path of the Web API is added to it',
  },
] as const;

/** The URL as it might be meant, where the host is the organization's own. */
function suggestion(written: string): string | undefined {
  const host =
    /^(?:\w+:\/\/)?([\w-]+(?:\.api)?\.(?:crm\d*\.dynamics|crm\.microsoftdynamics|crm\.appsplatform)\.\w+)(?=[/:?#]|$)/i;
  const name = host.exec(written)?.[1];
  return name === undefined ? undefined : `https://${name.toLowerCase()}`;
}

function wrongUrl(code: FindingCode, what: string, meant?: string): Finding {
  return {
    code,
    what,
    why: 'The worker sends its requests, and asks for tokens, for exactly this URL',
    whatToDo: `Set it to ${meant ?? `the environment's URL, such as ${RIGHT_FORM}`}`,
    where: `${PAGES.environment}; ${VARIABLE}`,
  };
}

/** Why a caller is let in no further, the checks with a token tell. */
const ASKS_FOR_TOKEN = [401, 403];

async function checkAnswer(setup: Setup): Promise<Result> {
  const { host } = new URL(setup.organization);
  try {
    const { status } = await setup.stranger();
    if (ASKS_FOR_TOKEN.includes(status)) return passed(host);
    return found(strangeAnswer(host, status));
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return found({
      code: 'organization-unreachable',
      what: `${host} cannot be reached`,
      why: error.message,
      whatToDo: /ENOTFOUND|EAI_AGAIN/.test(error.message)
        ? 'DNS does not know this name: check the name and the region of the environment (.crm, .crm4, ...)'
        : 'Check the name of the environment, the way out of this network (HTTPS_PROXY), and the certificates that this machine trusts',
      where: `${PAGES.environment}; ${VARIABLE}`,
    });
  }
}

function strangeAnswer(host: string, status: number): Finding {
  const isPassing = status >= 500;
  return {
    code: isPassing ? 'organization-unavailable' : 'organization-not-dataverse',
    what: isPassing
      ? `${host} answers ${status}: Dataverse, or what is in front of it, has trouble`
      : `${host} answers ${status}, where Dataverse would ask for a token with 401`,
    why: 'No request of the worker gets through',
    whatToDo: isPassing
      ? "Wait, and see Microsoft's service health; check a proxy between here and there"
      : 'Check the URL: this host is there, and is no environment of Dataverse, or the environment was moved or deleted',
    where: isPassing ? 'https://admin.cloud.microsoft: Health, Service health' : PAGES.environment,
  };
}

/** A worker that is further ahead or behind does not find its robots by the time of their rows any longer. */
const LARGEST_SKEW_MS = 30_000;

async function checkClock(setup: Setup): Promise<Result> {
  const { headers } = await setup.stranger();
  const theirs = Date.parse(headers.date ?? '');
  if (Number.isNaN(theirs)) return { status: 'untold', detail: 'the answer of Dataverse has no date' };
  const skewMs = Date.now() - theirs;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= LARGEST_SKEW_MS) return passed(`within ${Math.max(seconds, 1)} s`);
  return found({
    code: 'clock-skew',
    what: `The clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of Dataverse`,
    why: 'The worker looks for its robots by the time at which they were created, and keeps limits by it',
    whatToDo: 'Have the clock set by a time server (NTP), here and where the workers run',
    where: 'timedatectl, chrony or w32tm on the machine',
  });
}
