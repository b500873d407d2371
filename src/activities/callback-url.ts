/**
 * HOST: the key of a run, and the callback URL in which it travels to Dataverse. RunDesktopFlow takes no idempotency
 * key; the callback URL is the one value of the caller's that the row of the run keeps and a query can ask for.
 */
import { createHash, createHmac, hkdfSync } from 'node:crypto';
import type { DataverseCredentials } from '../dataverse';
import type { SecretProvider } from '../secrets';

/** Signing keys, comma-separated: the first one signs. A secret, read through the secret provider. */
export const SIGNING_KEYS = 'CALLBACK_SIGNING_KEYS';

export const MINIMUM_KEY_LENGTH = 16;

export interface CallbackUrlOptions {
  /** Below which the callback URLs of all runs are, such as `https://robots.contoso.com/callbacks`. */
  baseUrl: string;
  secrets: SecretProvider;
  /** The worker's own: the signing key is derived from them where none is given. */
  credentials?: DataverseCredentials;
}

/** The activity that starts the run: the same in every attempt, another one for every robot. */
export interface TriggerIdentity {
  namespace: string;
  runId: string;
  activityId: string;
}

/** 40 hexadecimal digits, because Dataverse compares texts in any case. */
export function runKey({ namespace, runId, activityId }: TriggerIdentity): string {
  return createHash('sha256')
    .update(JSON.stringify([namespace, runId, activityId]))
    .digest('hex')
    .slice(0, 40);
}

/** Nobody can guess it: who knows the key of a run still lacks the signature. */
export async function callbackUrl(key: string, options: CallbackUrlOptions): Promise<string> {
  const signature = createHmac('sha256', await signingKey(options))
    .update(key)
    .digest('base64url');
  return `${options.baseUrl.replace(/\/$/, '')}/${key}.${signature}`;
}

export function splitSigningKeys(text = ''): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
}

/** A key that changes between two attempts does no harm: runs are looked up by `runKey` alone. */
async function signingKey({ secrets, credentials }: CallbackUrlOptions): Promise<string | Buffer> {
  const [given] = splitSigningKeys(await secrets.get(SIGNING_KEYS));
  if (given !== undefined) {
    if (given.length >= MINIMUM_KEY_LENGTH) return given;
    throw new Error(`${SIGNING_KEYS} must hold keys of at least ${MINIMUM_KEY_LENGTH} characters`);
  }
  const secret = credentials?.type === 'oauth' ? credentials.clientSecret : credentials?.token;
  if (secret === undefined) {
    throw new Error(
      `${SIGNING_KEYS} must be set: this worker has no credentials to derive a signing key from`,
    );
  }
  return Buffer.from(hkdfSync('sha256', secret, '', 'temporal-power-automate callback URL', 32));
}
