/**
 * HOST: decides which hosts a token may be sent to. Each function returns what is wrong, or undefined.
 * The Dataverse domains of every cloud: Microsoft's "new datacenter regions" and its pages on sovereign clouds.
 */
import { isLoopback, organizationUriProblem } from '../common/schema/urls';

const DATAVERSE_HOST =
  /^[a-z0-9-]+(\.api)?\.(crm\d*\.dynamics\.com|crm\.dynamics\.cn|crm\.microsoftdynamics\.us|crm\.microsoftdynamics\.de|crm\.appsplatform\.us)$/;

export interface AllowedOrganizations {
  /** The worker's own: always allowed, and the only one that may use plain http on loopback. */
  ownOrganization?: string;
  /** Host names; `*.` at the start stands for one or more labels. @default [] */
  allowedHosts?: readonly string[];
}

export function organizationHostProblem(uri: string, allowed: AllowedOrganizations = {}): string | undefined {
  const problem = organizationUriProblem(uri);
  if (problem !== undefined) return problem;
  const url = new URL(uri);
  if (allowed.ownOrganization !== undefined && url.origin === new URL(allowed.ownOrganization).origin) {
    return undefined;
  }
  if (url.protocol !== 'https:')
    return "must be an https URL: plain http is for the worker's own organization";
  if (url.port !== '') return "must not name a port, unless it is the worker's own organization";
  const patterns = allowed.allowedHosts ?? [];
  if (DATAVERSE_HOST.test(url.hostname) || patterns.some((pattern) => matches(url.hostname, pattern))) {
    return undefined;
  }
  return 'names a host that this worker may not talk to (POWER_AUTOMATE_ALLOWED_HOSTS)';
}

/** A full host name, or one below which every host is meant. */
export function isHostPattern(text: string): boolean {
  return /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text);
}

function matches(hostname: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? hostname.endsWith(wanted.slice(1)) : hostname === wanted;
}

/** A token endpoint comes from the operator, not from a caller: any https host, or plain http on loopback. */
export function tokenEndpointProblem(uri: string): string | undefined {
  if (!URL.canParse(uri)) {
    return 'must be a URL, such as https://login.microsoftonline.com/TENANT/oauth2/v2.0/token';
  }
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'must be an https URL';
  }
  return url.hash === '' ? undefined : 'must not have a fragment';
}
