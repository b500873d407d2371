/**
 * SHARED: may run anywhere. The rules for the two URLs that an input can carry. Each function returns what is
 * wrong, or undefined. The worker decides whether it may talk to the host (`dataverse/hosts.ts`).
 */

/** Length of the column `flowsession.callbackurl`. */
export const MAX_CALLBACK_URL_LENGTH = 2000;

/**
 * Below it are the callback URLs of a worker without a base of its own: they carry keys, and are never called. RFC 2606
 * reserves `.invalid`: nobody can ever own a name there.
 */
export const INERT_CALLBACK_BASE_URL = 'https://temporal-power-automate.invalid';

/** Instead of a base URL: robots get no callback URL. */
export const NO_CALLBACK_BASE_URL = 'off';

/** Whether nobody can ever receive what is sent there. */
export function isInert(text: string): boolean {
  return /(^|\.)invalid\.?$/.test(parseUrl(text)?.hostname ?? '');
}

/** Whether the host is this machine, without asking DNS. `hostname` is as the URL parser writes it: IPv6 in brackets. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function isIpAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+\.?$/.test(hostname);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * Checks that the environment URL is an https origin: no path, query, fragment or credentials. Plain http is only
 * for an emulator on loopback, and even then only if it is the worker's own organization.
 */
export function organizationUriProblem(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return 'must be an https origin, such as https://contoso.crm4.dynamics.com';
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return 'must be an https URL';
  }
  // Compared as written: what the parser mends (full-width letters, tabs, `/./`) is not an honest slip.
  if (text.toLowerCase().replace(/\/$/, '').replace(/:443$/, '') !== url.origin) {
    return 'must be a plain origin such as https://contoso.crm4.dynamics.com, without path, query or fragment';
  }
  return undefined;
}

/** Applies Microsoft's rules: https, a DNS name, no loopback, no IP address; the column holds 2000 characters. */
export function callbackUrlProblem(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined || url.protocol !== 'https:') return 'must be an https URL';
  if (text.length > MAX_CALLBACK_URL_LENGTH) {
    return `must not be longer than ${MAX_CALLBACK_URL_LENGTH} characters`;
  }
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (isLoopback(url.hostname) || /(^|\.)localhost\.?$/.test(url.hostname))
    return 'must not point to localhost';
  if (isIpAddress(url.hostname) || !url.hostname.includes('.')) {
    return 'must name its host by a full DNS name, not by an IP address';
  }
  return undefined;
}
