/** HOST: turns the target of an input into a Dataverse client: checks the host, and resolves the secrets. */
import type { DataverseTarget } from '../../common/activities';
import { RecentlyUsed } from '../../common/recently-used';
import { type Authentication, secretName } from '../../common/schema/fields';
import type { FieldProblem } from '../../common/schema/parse';
import type { SecretProvider } from '../../config/secrets';
import {
  bearerTokenProblem,
  DataverseClient,
  type DataverseCredentials,
  digest,
  organizationHostProblem,
  tokenEndpointProblem,
} from '../../dataverse';
import { invalidInput } from './dataverse-failures';
import type { CreateActivitiesOptions } from './options';

/** @throws ApplicationFailure `InvalidInput`, before anything is sent. */
export type ClientFor = (target: DataverseTarget) => Promise<DataverseClient>;

/** Bearer tokens come and go. */
const MOST_CLIENTS = 100;

/** One client for each organization and credential, so that what is asked at the same moment can go together. */
export function createClientFor(options: CreateActivitiesOptions): ClientFor {
  const { allowedHosts = [], requestTimeoutMs, limits } = options;
  const clients = new RecentlyUsed<DataverseClient>(MOST_CLIENTS);
  return async (target) => {
    const organizationUri = chooseOrganization(options, target, allowedHosts);
    const credentials = target.authentication
      ? await resolveSecrets(target.authentication, options.secrets)
      : ownCredentials(options, organizationUri);
    // Hashed, so that no secret is a key of a map.
    return clients.get(
      digest([organizationUri, credentials]),
      () => new DataverseClient({ organizationUri, credentials, requestTimeoutMs, limits }),
    );
  };
}

function wrong(field: string, problem: string) {
  return invalidInput([{ field, problem }]);
}

function chooseOrganization(
  own: CreateActivitiesOptions,
  target: DataverseTarget,
  allowedHosts: readonly string[],
): string {
  const uri = target.organizationUri ?? own.organizationUri;
  if (uri === undefined) {
    throw wrong(
      'organizationUri',
      'is required, because the worker has none (POWER_AUTOMATE_ORGANIZATION_URI)',
    );
  }
  const problem = organizationHostProblem(uri, { ownOrganization: own.organizationUri, allowedHosts });
  if (problem !== undefined) throw wrong('organizationUri', problem);
  return uri;
}

/** Returns the worker's credentials. A bearer token is for one organization: no other one must see it. */
function ownCredentials(own: CreateActivitiesOptions, organizationUri: string): DataverseCredentials {
  const { credentials } = own;
  if (credentials === undefined) {
    throw wrong('authentication', 'is required, because the worker has no credentials of its own');
  }
  const isForeign = own.organizationUri !== undefined && !isSameOrigin(own.organizationUri, organizationUri);
  if (credentials.type === 'bearer' && isForeign) {
    throw wrong(
      'authentication',
      "is required: the worker's bearer token is for the worker's own organization",
    );
  }
  return credentials;
}

function isSameOrigin(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

async function resolveSecrets(
  authentication: Authentication,
  secrets: SecretProvider,
): Promise<DataverseCredentials> {
  const problems: FieldProblem[] = [];
  const { type, ...references } = authentication;
  const values: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) {
    const secret = secretName(reference);
    const problem = secret && secrets.nameProblem?.(secret);
    const value = secret && !problem && (await secrets.get(secret));
    if (typeof value === 'string' && value !== '') values[name] = value;
    else
      problems.push({
        field: `authentication.${name}`,
        problem: problem || `the worker has no secret ${secret}`,
      });
  }
  const wrongToken = values.token && bearerTokenProblem(values.token);
  if (wrongToken) problems.push({ field: 'authentication.token', problem: wrongToken });
  const problem = values.tokenEndpoint && tokenEndpointProblem(values.tokenEndpoint);
  if (problem) problems.push({ field: 'authentication.tokenEndpoint', problem });
  if (problems.length > 0) throw invalidInput(problems);
  return { type, ...values } as DataverseCredentials;
}
