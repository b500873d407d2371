/**
 * HOST: one HTTP request on axios: bounded in time and size, never redirected, never through a proxy to loopback.
 * Any status is an answer here; what goes wrong on the way is a `DataverseError` that keeps nothing of the request.
 */
import type { Readable } from 'node:stream';
import axios from 'axios';
import { isLoopback } from '../../common/schema/urls';
import { toldOf } from './diagnostics';
import { DataverseError } from './errors';
import type { HttpAnswer, HttpRequest } from './exchange';
import { KeptBack } from './kept-back';
import { proxyRefusal } from './proxy';
import { Connection, isBeforeConnected } from './sockets';

/** An instance of our own: interceptors that the host program sets on axios must not see our tokens. */
const http = axios.create({
  maxRedirects: 0,
  maxBodyLength: Number.POSITIVE_INFINITY,
  responseType: 'stream',
  validateStatus: () => true,
  transformRequest: (data) => data,
});

export function send(request: HttpRequest): Promise<HttpAnswer> {
  return toldOf(request, sendOnce);
}

async function sendOnce(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers, body, timeoutMs, signal, fresh, beforeWriting } = request;
  if (signal?.aborted) throw aborted('refused');
  const timeout = AbortSignal.timeout(timeoutMs);
  const givenUp = new AbortController();
  const connection = new Connection(fresh === true);
  const abort = AbortSignal.any([timeout, givenUp.signal, ...(signal ? [signal] : [])]);
  const reset = () => connection.reset();
  // Before axios hears of it, and closes the socket: the system would go on to send what lies in there.
  abort.addEventListener('abort', reset);
  const keptBack = beforeWriting && new KeptBack(body ?? '', connection.made, beforeWriting);
  try {
    const answer = await http.request<Readable>({
      method,
      url: url.href,
      // Without `false` axios declares a form where the request has no body.
      headers: {
        'Content-Type': false,
        ...headers,
        ...keptBack?.headers,
        'User-Agent': 'temporal-power-automate',
      },
      data: keptBack?.body ?? body,
      signal: abort,
      ...connection.agents,
      transport: connection,
      ...(isLoopback(url.hostname) && { proxy: false }),
    });
    const head = { status: answer.status, headers: textHeaders(answer.headers) };
    const { proxy, isAnsweredByProxy } = connection;
    if (proxy !== undefined && isAnsweredByProxy) throw proxyRefusal(head, proxy, url.host);
    return { ...head, body: await read(answer.data, head, request) };
  } catch (error) {
    const failure = keptBack?.refusal ?? toDataverseError(error, request, timeout, connection);
    // Stops the rest of an answer that nobody reads any more.
    givenUp.abort();
    throw failure;
  } finally {
    // A caller may be cancelled long after its answer has come.
    abort.removeEventListener('abort', reset);
  }
}

/** @throws DataverseError `tooLarge`, with the size where a header tells it. */
async function read(
  stream: Readable,
  { status, headers }: Omit<HttpAnswer, 'body'>,
  { url, maxBytes }: HttpRequest,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    received += chunk.length;
    if (received <= maxBytes) continue;
    const size = Number(headers['x-ms-file-size'] ?? headers['content-length']);
    const message = `The answer of ${url.host} is larger than ${maxBytes} bytes`;
    throw new DataverseError(message, {
      kind: 'tooLarge',
      outcome: 'unknown',
      status,
      ...(size > maxBytes && { size }),
    });
  }
  return Buffer.concat(chunks);
}

function textHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  );
}

/** The axios error holds the request with its headers: only its code survives. */
function toDataverseError(
  error: unknown,
  { url, timeoutMs, signal }: HttpRequest,
  timeout: AbortSignal,
  { wasNeverMade, proxy }: Connection,
): DataverseError {
  if (error instanceof DataverseError) return error;
  const { code, syscall } = socketError(error);
  const neverConnected = wasNeverMade || isBeforeConnected({ code, syscall });
  const outcome = neverConnected ? 'refused' : 'unknown';
  if (signal?.aborted) return aborted(outcome);
  const way = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  if (timeout.aborted) {
    const message = `${url.host} did not answer within ${timeoutMs} ms${way}`;
    return new DataverseError(message, { kind: 'timeout', outcome });
  }
  const what = neverConnected ? 'could not be reached' : 'broke off the connection';
  return new DataverseError(`${url.host} ${what}${way} (${code ?? 'no code'})`, { kind: 'network', outcome });
}

function aborted(outcome: DataverseError['outcome']): DataverseError {
  return new DataverseError('The request was aborted', { kind: 'aborted', outcome });
}

function socketError(error: unknown): { code?: string; syscall?: string } {
  const own = (error ?? {}) as { code?: string; syscall?: string; cause?: unknown };
  const cause = (own.cause ?? {}) as { code?: string; syscall?: string };
  return { code: cause.code ?? own.code, syscall: cause.syscall ?? own.syscall };
}
