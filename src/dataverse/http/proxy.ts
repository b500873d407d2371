/** HOST: what it means when a proxy refuses the tunnel (HTTPS_PROXY), through which it would see nothing of a request. */
import { STATUS_CODES } from 'node:http';
import { retryAfterMs } from './answers';
import { DataverseError } from './errors';
import type { HttpAnswer } from './exchange';

const ADVICE: Readonly<Record<number, string>> = {
  403: 'whether it allows this host',
  407: 'the user and password in HTTPS_PROXY',
};
const OTHERWISE = 'whether it can reach this host';

/**
 * A proxy between us and Dataverse says nothing about Dataverse: people mend it, or it passes, and then the same request
 * works. Nothing was sent through it. The body is left out, because it may name the user.
 */
export function proxyRefusal(
  answer: Pick<HttpAnswer, 'status' | 'headers'>,
  proxy: string,
  host: string,
): DataverseError {
  const { status } = answer;
  const name = STATUS_CODES[status] ? ` (${STATUS_CODES[status]})` : '';
  const message =
    `The proxy ${proxy} refused the connection to ${host} with ${status}${name}, so nothing was sent. ` +
    `Check ${ADVICE[status] ?? OTHERWISE}`;
  const after = retryAfterMs(answer);
  return new DataverseError(message, {
    kind: 'network',
    outcome: 'refused',
    ...(after !== undefined && { retryAfterMs: after }),
  });
}
