/**
 * HOST: the token at the end of a callback URL: which trigger it is of, and which workflow waits. It is signed, so
 * that nobody can wake a workflow whose callback URL they have not seen: `<key>.<workflow>.<signature>`.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SecretProvider } from '../config/secrets';
import type { DataverseCredentials } from '../dataverse';

/** Signing keys, comma-separated: the first one signs, all are accepted. A secret, read through the secret provider. */
export const SIGNING_KEYS = 'CALLBACK_SIGNING_KEYS';

export const MINIMUM_KEY_LENGTH = 16;

export interface SigningOptions {
  secrets: SecretProvider;
  /** The worker's own: the signing key is derived from them where none is given. */
  credentials?: DataverseCredentials;
}

/** What a token says. */
export interface CallbackToken {
  /** Temporal's: not in the token, but under the signature, so that it is good in one namespace alone. */
  namespace: string;
  /** Of the trigger, as Dataverse is asked for it: of letters and digits. */
  key: string;
  /** Left out where the column of the URL has no room for it: then the callback wakes nobody. */
  workflowId?: string;
}

type SigningKey = string | Buffer;

/** What is signed, then an HMAC of SHA-256. */
const TOKEN = /^([\w-]+(?:\.[\w-]+)?)\.([\w-]{43})$/;

export function splitSigningKeys(text = ''): string[] {
  return text
    .split(',')
    .map((key) => key.trim())
    .filter(Boolean);
}

export async function signToken(token: CallbackToken, options: SigningOptions): Promise<string> {
  const [key] = await signingKeys(options);
  const content = [token.key, ...(token.workflowId ? [base64url(token.workflowId)] : [])].join('.');
  return `${content}.${signature(content, token.namespace, key)}`;
}

/** Undefined for one that none of the keys has signed for this namespace. */
export async function readToken(
  text: string,
  namespace: string,
  options: SigningOptions,
): Promise<CallbackToken | undefined> {
  const [, content, given] = TOKEN.exec(text) ?? [];
  if (content === undefined || given === undefined) return undefined;
  const keys = await signingKeys(options);
  if (!keys.some((key) => isSame(given, signature(content, namespace, key)))) return undefined;
  const [key = '', workflow] = content.split('.');
  const workflowId = workflow && Buffer.from(workflow, 'base64url').toString('utf8');
  return { namespace, key, ...(workflowId && { workflowId }) };
}

/** Whoever signed it. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
}

/** At least one. */
async function signingKeys({ secrets, credentials }: SigningOptions): Promise<[SigningKey, ...SigningKey[]]> {
  const [first, ...more] = splitSigningKeys(await secrets.get(SIGNING_KEYS));
  if (first !== undefined) {
    if ([first, ...more].every((key) => key.length >= MINIMUM_KEY_LENGTH)) return [first, ...more];
    throw new Error(`${SIGNING_KEYS} must hold keys of at least ${MINIMUM_KEY_LENGTH} characters`);
  }
  const secret = credentials?.type === 'oauth' ? credentials.clientSecret : credentials?.token;
  if (secret === undefined) {
    throw new Error(
      `${SIGNING_KEYS} must be set: this worker has no credentials to derive a signing key from`,
    );
  }
  return [Buffer.from(hkdfSync('sha256', secret, '', 'temporal-power-automate callback URL', 32))];
}

function signature(content: string, namespace: string, key: SigningKey): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([namespace, content]))
    .digest('base64url');
}

function isSame(given: string, expected: string): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
