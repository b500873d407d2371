/** HOST: the callback URL of a run, with its token at the end. */
import { MAX_CALLBACK_URL_LENGTH } from '../common/schema/urls';
import { type CallbackToken, type SigningOptions, signToken } from './token';

export interface CallbackUrlOptions extends SigningOptions {
  /** Below it are the callback URLs of all runs, such as `https://robots.contoso.com/callbacks`. */
  baseUrl: string;
}

/** A URL that carries a key and is never called. It needs no signature: there is nothing to forge. */
export function inertUrl(key: string, baseUrl: string): string {
  return below(baseUrl, key);
}

/**
 * Nobody can guess it: knowing the key of a run is not enough without the signature. A signing key that changes
 * between two attempts does no harm, because runs are looked up by their keys alone.
 */
export async function callbackUrl(token: CallbackToken, options: CallbackUrlOptions): Promise<string> {
  const whole = below(options.baseUrl, await signToken(token, options));
  if (whole.length <= MAX_CALLBACK_URL_LENGTH) return whole;
  const { workflowId: _tooLong, ...short } = token;
  return below(options.baseUrl, await signToken(short, options));
}

function below(baseUrl: string, end: string): string {
  return `${baseUrl.replace(/\/$/, '')}/${end}`;
}
