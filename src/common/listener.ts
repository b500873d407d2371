/**
 * SHARED: may run anywhere. What the HTTP listeners of this project have in common, whatever serves them. Each adds the
 * limits of its own that follow from what it is for.
 */

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
