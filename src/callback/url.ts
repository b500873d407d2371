/**
 * HOST: the key of a run, and the callback URL in which it travels to Dataverse. RunDesktopFlow takes no idempotency
 * key; the callback URL is the one value of the caller's that the row of the run keeps and a query can ask for.
 */

import { MAX_CALLBACK_URL_LENGTH } from '../common/schema/urls';
import { digest } from '../dataverse';
import { type CallbackToken, type SigningOptions, signToken } from './token';

export interface CallbackUrlOptions extends SigningOptions {
  /** Below which the callback URLs of all runs are, such as `https://robots.contoso.com/callbacks`. */
  baseUrl: string;
}

/** The activity that starts the run: the same in every attempt, another one for every robot. */
export interface TriggerIdentity {
  namespace: string;
  runId: string;
  activityId: string;
}

/** 40 hexadecimal digits, because Dataverse compares texts in any case. */
export function runKey({ namespace, runId, activityId }: TriggerIdentity): string {
  return digest([namespace, runId, activityId]).slice(0, 40);
}

/**
 * Nobody can guess it: who knows the key of a run still lacks the signature. A signing key that changes between two
 * attempts does no harm: runs are looked up by `runKey` alone.
 */
export async function callbackUrl(token: CallbackToken, options: CallbackUrlOptions): Promise<string> {
  const base = options.baseUrl.replace(/\/$/, '');
  const whole = `${base}/${await signToken(token, options)}`;
  if (whole.length <= MAX_CALLBACK_URL_LENGTH) return whole;
  const { workflowId: _tooLong, ...short } = token;
  return `${base}/${await signToken(short, options)}`;
}
