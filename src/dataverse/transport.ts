/**
 * HOST: one HTTP request on axios: bounded in time and size, never redirected, never through a proxy to loopback.
 * Any status is an answer here; what goes wrong on the way is a `DataverseError` that keeps nothing of the request.
 */
import axios, { AxiosError } from 'axios';
import { isLoopback } from '../common/urls';
import { FreshConnection, isBeforeConnected, pooledAgents } from './connection';
import { DataverseError } from './errors';

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** For the whole exchange, in milliseconds. */
  timeoutMs: number;
  /** Limit of the answer's body, in bytes. */
  maxBytes: number;
  signal?: AbortSignal;
  /** On a connection of its own. @default false */
  fresh?: boolean;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case; the values of a header that came twice are joined by `, `. */
  headers: Record<string, string>;
  body: Buffer;
}

/** An instance of our own: interceptors that the host program sets on axios must not see our tokens. */
const http = axios.create({
  maxRedirects: 0,
  maxBodyLength: Number.POSITIVE_INFINITY,
  responseType: 'arraybuffer',
  validateStatus: () => true,
  transformRequest: (data) => data,
  transformResponse: (data) => data,
});

export async function send(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers, body, timeoutMs, maxBytes, signal, fresh } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const connection = fresh ? new FreshConnection() : undefined;
  try {
    const { httpAgent, httpsAgent } = connection ?? pooledAgents();
    const answer = await http.request<Buffer>({
      method,
      url: url.href,
      headers: { 'User-Agent': 'temporal-power-automate', ...headers },
      data: body,
      maxContentLength: maxBytes,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      httpAgent,
      httpsAgent,
      ...(isLoopback(url.hostname) && { proxy: false }),
    });
    return {
      status: answer.status,
      headers: textHeaders(answer.headers),
      body: Buffer.from(answer.data ?? ''),
    };
  } catch (error) {
    throw toDataverseError(error, request, timeout, connection);
  }
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
  { url, timeoutMs, maxBytes, signal }: HttpRequest,
  timeout: AbortSignal,
  connection: FreshConnection | undefined,
): DataverseError {
  const { code, syscall } = socketError(error);
  const neverConnected = connection?.neverMade || isBeforeConnected({ code, syscall });
  const outcome = neverConnected ? 'refused' : 'unknown';
  if (signal?.aborted) return new DataverseError('The request was aborted', { kind: 'aborted', outcome });
  if (timeout.aborted) {
    const message = `${url.host} did not answer within ${timeoutMs} ms`;
    return new DataverseError(message, { kind: 'timeout', outcome });
  }
  if (error instanceof AxiosError && /maxContentLength/.test(error.message)) {
    const message = `The answer of ${url.host} is larger than ${maxBytes} bytes`;
    return new DataverseError(message, { kind: 'tooLarge', outcome });
  }
  const what = neverConnected ? 'could not be reached' : 'broke the connection off';
  return new DataverseError(`${url.host} ${what} (${code ?? 'no code'})`, { kind: 'network', outcome });
}

function socketError(error: unknown): { code?: string; syscall?: string } {
  const own = (error ?? {}) as { code?: string; syscall?: string; cause?: unknown };
  const cause = (own.cause ?? {}) as { code?: string; syscall?: string };
  return { code: cause.code ?? own.code, syscall: cause.syscall ?? own.syscall };
}
