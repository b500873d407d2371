/**
 * HOST, development only: checks callback URLs (Microsoft: desktop-flow-public-apis; 2000 characters is the size of the
 * column).
 */
import { isIP } from 'node:net';
import { UnverifiedRefusal } from '../odata/answers';
import { isOnInvalidHost } from '../runs/reserved-names';
import type { Settings } from '../setup/options';

const MAX_LENGTH = 2000;

export function checkCallbackUrl(callbackUrl: string | undefined, settings: Settings): void {
  const reason = callbackUrl === undefined ? undefined : whatIsWrong(callbackUrl, settings);
  if (reason !== undefined) {
    throw new UnverifiedRefusal('badCallbackUrl', `The callback URL is not valid: ${reason}.`);
  }
}

function whatIsWrong(
  text: string,
  { allowLoopbackCallbacks: allowLocal, callbackUrls }: Settings,
): string | undefined {
  if (text.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`;
  if (!URL.canParse(text)) return 'it is not an absolute URL';
  const { protocol, hostname } = new URL(text);
  if (allowLocal && isLocal(hostname) && /^https?:$/.test(protocol)) return undefined;
  if (protocol !== 'https:') return 'it must use https';
  if (callbackUrls === 'refuseInvalid' && isOnInvalidHost(text)) return 'its host cannot be resolved';
  return isLocal(hostname)
    ? 'it must have a public DNS name, not a loopback name or an IP address'
    : undefined;
}

/** Names of one word belong to containers. */
function isLocal(hostname: string): boolean {
  return (
    isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || !hostname.includes('.') || hostname.endsWith('.localhost')
  );
}
