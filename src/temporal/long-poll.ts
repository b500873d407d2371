/** HOST: a request to which Temporal's server answers only when there is news, or when the time is over. */
import { once } from 'node:events';
import type { Client } from '@temporalio/client';

/** The server answers some time before the deadline, so that the client does not give up first. */
const ANSWERED_BEFORE_MS = 1_000;

/**
 * Rejects at once when the signal is aborted. The request itself goes on then, because a worker's connection cannot abort
 * it: so `forMs`, in milliseconds, should be short.
 */
export async function longPoll<T>(
  client: Client,
  { forMs, until }: { forMs: number; until: AbortSignal },
  request: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const answer = client.withDeadline(Date.now() + forMs + ANSWERED_BEFORE_MS, request);
  answer.catch(() => undefined);
  const aborted = once(until, 'abort', { signal: over.signal }).then(() => until.throwIfAborted());
  aborted.catch(() => undefined);
  try {
    until.throwIfAborted();
    return (await Promise.race([answer, aborted])) as T;
  } finally {
    over.abort();
  }
}
