/** HOST: turns the target of an input into a Dataverse client: checks the host, and resolves the secrets. */
import type { DataverseTarget } from '../../common/activities';
import { RecentlyUsed } from '../../common/recently-used';
import type { Authentication } from '../../common/schema/fields';
import { namesIn, withValues } from '../../common/schema/secret-references';
import type { SecretProvider } from '../../config/secrets';
import {
  type BearerCredentials,
  bearerTokenProblem,
  credentialsKey,
  DataverseClient,
  type DataverseCredentials,
  digest,
  type OAuthCredentials,
  organizationHostProblem,
  type ResolvedCredentials,
  tokenEndpointProblem,
} from '../../dataverse';
import { invalidInput } from './dataverse-failures';
import { waitsByNotice } from './notices';
import type { CreateActivitiesOptions } from './options';
import { AUTHENTICATION, readSecrets, referencesOf } from './secret-values';

/** @throws ApplicationFailure `InvalidInput`, before anything is sent. */
export type ClientFor = (target: DataverseTarget) => Promise<DataverseClient>;

/** Bearer tokens come and go. */
const MOST_CLIENTS = 100;

/** One client for each organization and credential, so that what is asked at the same moment can go together. */
export function createClientFor(options: CreateActivitiesOptions): ClientFor {
  const { allowedHosts = [], requestTimeoutMs, limits } = options;
  const clients = new RecentlyUsed<DataverseClient>(MOST_CLIENTS);
  return async (target) => {
    const { organizationUri, secrets } = await chooseOrganization(options, target, allowedHosts);
    const credentials = target.authentication
      ? await resolveSecrets(target.authentication, options.secrets)
      : ownCredentials(options, organizationUri);
    // Hashed, so that no secret is a key of a map.
    return clients.get(
      digest([organizationUri, credentialsKey(credentials), secrets]),
      () =>
        new DataverseClient({
          organizationUri,
          credentials,
          requestTimeoutMs,
          limits,
          secrets,
          sharedWaits: waitsByNotice,
        }),
    );
  };
}

function wrong(field: string, problem: string) {
  return invalidInput([{ field, problem }]);
}

interface Organization {
  organizationUri: string;
  /** Texts that must not show in an error: what a reference stands for, and the host that comes of it. */
  secrets: string[];
}

async function chooseOrganization(
  own: CreateActivitiesOptions,
  target: DataverseTarget,
  allowedHosts: readonly string[],
): Promise<Organization> {
  const written = target.organizationUri ?? own.organizationUri;
  if (written === undefined) {
    throw wrong(
      'organizationUri',
      'is required, because the worker has none (POWER_AUTOMATE_ORGANIZATION_URI)',
    );
  }
  const { values, problems } = await readSecrets(
    referencesOf('organizationUri', target.organizationUri ?? ''),
    own.secrets,
  );
  if (problems.length > 0) throw invalidInput(problems);
  const organizationUri = withValues(written, values);
  const problem = organizationHostProblem(organizationUri, {
    ownOrganization: own.organizationUri,
    allowedHosts,
  });
  if (problem !== undefined) throw wrong('organizationUri', problem);
  if (values.size === 0) return { organizationUri, secrets: [] };
  return { organizationUri, secrets: [...values.values(), organizationUri, new URL(organizationUri).host] };
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
): Promise<ResolvedCredentials> {
  const reread = async () => {
    for (const text of Object.values(authentication))
      for (const name of namesIn(text)) secrets.forget?.(name);
    return valuesOf(authentication, secrets);
  };
  return { ...(await valuesOf(authentication, secrets)), ...(secrets.forget && { reread }) };
}

async function valuesOf(
  { type, ...references }: Authentication,
  secrets: SecretProvider,
): Promise<BearerCredentials | OAuthCredentials> {
  const fields = Object.entries(references);
  const named = fields.flatMap(([field, text]) => referencesOf(`${AUTHENTICATION}${field}`, text));
  const { values, problems } = await readSecrets(named, secrets);
  if (problems.length > 0) throw invalidInput(problems);
  const resolved: Record<string, string> = Object.fromEntries(
    fields.map(([field, text]) => [field, withValues(text, values)]),
  );
  const wrongToken = resolved.token && bearerTokenProblem(resolved.token);
  if (wrongToken) problems.push({ field: 'authentication.token', problem: wrongToken });
  const problem = resolved.tokenEndpoint && tokenEndpointProblem(resolved.tokenEndpoint);
  if (problem) problems.push({ field: 'authentication.tokenEndpoint', problem });
  if (problems.length > 0) throw invalidInput(problems);
  return { type, ...resolved } as BearerCredentials | OAuthCredentials;
}
