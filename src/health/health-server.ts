/**
 * HOST: answers whether the process lives (`/live`) and whether it can do its work (`/ready`), for Docker and Kubernetes.
 * By Node's own server, because every worker may have it. Whoever reaches it learns which checks fail, and nothing else.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANSWER_HEADERS, MOST_REQUESTS_OF_CONNECTION } from '../common/listener';
import { messageOf } from '../common/message-of';
import type { Listener } from '../config/operations';

/** Resolves where all is well. @throws where it is not; the message is shown, and must hold no secret. */
export type Check = (signal: AbortSignal) => Promise<void>;

export interface HealthOptions extends Omit<Listener, 'port'> {
  /** 0 for any free port. */
  port: number;
  /** By name, what `/ready` asks. */
  checks: Readonly<Record<string, Check>>;
  /** Once aborted the process is not ready, whatever the checks say. @default never */
  stopping?: AbortSignal;
}

export interface HealthServer {
  /** Where it listens. */
  readonly port: number;
  close(): Promise<void>;
}

/** A probe asks every few seconds, and several may ask: what was found holds so long. */
const KNOWN_FOR_MS = 2_000;

/** A check that takes longer has failed: a connection to Temporal tries again by itself for longer than any probe waits. */
const CHECKED_WITHIN_MS = 3_000;

/** A request is a line and some headers. */
const LIMITS = { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8 * 1024 };
const MOST_CONNECTIONS = 32;

const HEADERS = { ...ANSWER_HEADERS, 'Content-Type': 'application/json; charset=utf-8' };

/** @throws where the port cannot be listened on. */
export async function startHealthServer({
  host,
  port,
  checks,
  stopping,
}: HealthOptions): Promise<HealthServer> {
  const known = shared(() => readiness(checks));
  const ready = () => (stopping?.aborted ? STOPPING : known());
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, ready).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = MOST_REQUESTS_OF_CONNECTION;
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`health cannot be told. Check HEALTH_HOST and HEALTH_PORT. ${messageOf(error)}`));
    });
    server.listen(port, host, resolve);
  });
}

interface Readiness {
  status: 'ready' | 'notReady';
  /** By check: `ok`, or what is wrong. */
  checks: Record<string, string>;
}

const STOPPING: Readiness = { status: 'notReady', checks: { stopping: 'the process is shutting down' } };

async function answer(
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  ready: () => Readiness | Promise<Readiness>,
): Promise<void> {
  const send = (status: number, body: object, more = {}) => {
    const text = JSON.stringify(body);
    response.writeHead(status, { ...HEADERS, 'Content-Length': Buffer.byteLength(text), ...more });
    response.end(method === 'HEAD' ? undefined : text);
  };
  if (method !== 'GET' && method !== 'HEAD')
    return send(405, { error: 'GET or HEAD' }, { Allow: 'GET, HEAD' });
  const [path] = url.split('?', 1);
  // Whoever answers lives: the event loop turns.
  if (path === '/live') return send(200, { status: 'live' });
  if (path !== '/ready') return send(404, { error: 'ask for /live or /ready' });
  const found = await ready();
  send(found.status === 'ready' ? 200 : 503, found);
}

async function readiness(checks: HealthOptions['checks']): Promise<Readiness> {
  const signal = AbortSignal.timeout(CHECKED_WITHIN_MS);
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await outcomeOf(check, signal)] as const),
  );
  const isReady = found.every(([, outcome]) => outcome === 'ok');
  return { status: isReady ? 'ready' : 'notReady', checks: Object.fromEntries(found) };
}

async function outcomeOf(check: Check, signal: AbortSignal): Promise<string> {
  const late = new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve(`no answer within ${CHECKED_WITHIN_MS} ms`), {
      once: true,
    });
  });
  const done = check(signal).then(() => 'ok', messageOf);
  return Promise.race([done, late]);
}

/** Whoever asks while it is being found out, or shortly after, gets the same. */
function shared<T>(find: () => Promise<T>): () => Promise<T> {
  let known: { found: Promise<T>; at: number } | undefined;
  return () => {
    if (known === undefined || performance.now() - known.at >= KNOWN_FOR_MS) {
      known = { found: find(), at: performance.now() };
    }
    return known.found;
  };
}
