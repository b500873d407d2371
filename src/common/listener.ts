/**
 * SHARED: may run anywhere. What the HTTP listeners of this project have in common, whatever serves them. Each adds the
 * limits of its own that follow from what it is for.
 */
import type { Server, ServerResponse } from 'node:http';

/**
 * On every answer. No answer is a page: a browser that is led here must not keep it, guess its type, frame it, or run
 * anything in it.
 */
export const ANSWER_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
} as const;

/**
 * Most connections at once; more are dropped when they come. An idle one takes some 10 KiB, and a file descriptor of the
 * 1024 that a process may have where nobody has raised it.
 */
export const MOST_CONNECTIONS = 500;

/** Requests of one connection; the last one is answered with `Connection: close`. Nobody keeps a place for ever. */
export const MOST_REQUESTS_OF_CONNECTION = 1_000;

const HEADERS = new Headers(ANSWER_HEADERS);

/** Gives a listener these limits, and each of its answers these headers. For one that may be reached by anybody. */
export function prepareListener(server: Server): void {
  server.maxConnections = MOST_CONNECTIONS;
  server.maxRequestsPerSocket = MOST_REQUESTS_OF_CONNECTION;
  // Before anything of a framework's, whose hooks do not see a URL that is none.
  server.prependListener('request', (_request, response: ServerResponse) => response.setHeaders(HEADERS));
  // Node answers these by itself, past everything that is said of an answer here.
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    response.setHeaders(HEADERS).writeHead(417, { Connection: 'close' }).end();
  });
}
