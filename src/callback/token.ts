/**
 * HOST: the token at the end of a callback URL: which trigger it is of, and which workflow waits. It is signed, so
 * that nobody can wake a workflow whose callback URL they have not seen: `<key>.<workflow>.<signature>`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

type SigningKey = string | Buffer;

/** At least one: the first one signs, all are accepted. */
export type SigningKeys = readonly [SigningKey, ...SigningKey[]];

export interface SigningOptions {
  /** Asked for each URL, because keys change. */
  keys: () => Promise<SigningKeys>;
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

/** What is signed, then an HMAC of SHA-256. */
const TOKEN = /^([\w-]+(?:\.[\w-]+)?)\.([\w-]{43})$/;

export async function signToken(token: CallbackToken, { keys }: SigningOptions): Promise<string> {
  const [key] = await keys();
  const content = [token.key, ...(token.workflowId ? [base64url(token.workflowId)] : [])].join('.');
  return `${content}.${signature(content, token.namespace, key)}`;
}

/** Undefined for one that none of the keys has signed for this namespace. */
export async function readToken(
  text: string,
  namespace: string,
  { keys }: SigningOptions,
): Promise<CallbackToken | undefined> {
  const [, content, given] = TOKEN.exec(text) ?? [];
  if (content === undefined || given === undefined) return undefined;
  const accepted = await keys();
  if (!accepted.some((key) => isSame(given, signature(content, namespace, key)))) return undefined;
  const [key = '', workflow] = content.split('.');
  const workflowId = workflow && Buffer.from(workflow, 'base64url').toString('utf8');
  return { namespace, key, ...(workflowId && { workflowId }) };
}

/** Whoever signed it. */
export function looksLikeToken(text: string): boolean {
  return TOKEN.test(text);
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
