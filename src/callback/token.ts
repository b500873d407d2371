/**
 * HOST: the token at the end of a callback URL names a trigger and the workflow that waits. It is signed, so that a
 * caller can only wake a workflow whose callback URL it has seen: `<key>.<workflow>.<signature>`.
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
  /** The namespace of Temporal: not in the token, but signed with it, so that the token is valid in one namespace. */
  namespace: string;
  /** The key of the trigger, by which Dataverse is queried: letters and digits. */
  key: string;
  /** Left out where the column of the URL has no room for it: then the callback wakes no workflow. */
  workflowId?: string;
}

/** The signed content, then an HMAC of SHA-256. */
const TOKEN = /^([\w-]+(?:\.[\w-]+)?)\.([\w-]{43})$/;

export async function signToken(token: CallbackToken, { keys }: SigningOptions): Promise<string> {
  const [key] = await keys();
  const content = [token.key, ...(token.workflowId ? [base64url(token.workflowId)] : [])].join('.');
  return `${content}.${signature(content, token.namespace, key)}`;
}

/** Returns undefined unless one of the keys has signed the token for this namespace. */
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

/** Looks at the form only, not at the signature. */
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
