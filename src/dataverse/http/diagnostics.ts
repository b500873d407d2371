/**
 * HOST: what the client tells of its work, on Node's diagnostics channels: whoever measures or traces listens, and while
 * nobody does, it costs nothing. What is told holds no secret: no host, path, header or body.
 */
import { channel } from 'node:diagnostics_channel';
import { DataverseError } from './errors';
import type { HttpAnswer, HttpRequest } from './exchange';
import { kindOfRequest, type RequestKind } from './request-kind';

/** One request that was answered, or given up. */
export interface RequestDone {
  kind: RequestKind;
  method: 'GET' | 'POST';
  /** HTTP status; absent where no whole answer came. */
  status?: number;
  /** Why no whole answer came: a kind of `DataverseError`. */
  failure?: string;
  /** Epoch milliseconds. */
  startedAt: number;
  durationMs: number;
}

/** All requests to an organization have to wait: Dataverse has asked for that. */
export interface Throttled {
  waitMs: number;
}

/** A request was not sent. */
export interface HeldBack {
  why: 'throttled' | 'budget';
}

/** A token was asked for, and came or did not. */
export interface TokenRenewal {
  outcome: 'renewed' | 'failed';
}

interface Topic<Message> {
  publish(message: Message): void;
  /** @returns a function that ends it. */
  listen(listener: (message: Message) => void): () => void;
  readonly isHeard: boolean;
}

function topic<Message extends object>(name: string): Topic<Message> {
  const own = channel(`temporal-power-automate:${name}`);
  return {
    publish: (message) => own.publish(message),
    listen(listener) {
      const subscriber = (message: unknown) => listener(message as Message);
      own.subscribe(subscriber);
      return () => void own.unsubscribe(subscriber);
    },
    get isHeard() {
      return own.hasSubscribers;
    },
  };
}

export const requestsDone = topic<RequestDone>('request');
export const throttling = topic<Throttled>('throttled');
export const heldBack = topic<HeldBack>('held-back');
export const tokenRenewals = topic<TokenRenewal>('token-renewal');

/** Tells of the request once it is over, in the context of its caller, so that a trace knows whose it is. */
export async function toldOf(
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  if (!requestsDone.isHeard) return send(request);
  const { method, url } = request;
  const kind = kindOfRequest(url.pathname);
  const startedAt = Date.now();
  const begun = performance.now();
  const done = (end: Pick<RequestDone, 'status' | 'failure'>) =>
    requestsDone.publish({ kind, method, ...end, startedAt, durationMs: performance.now() - begun });
  try {
    const answer = await send(request);
    done({ status: answer.status });
    return answer;
  } catch (error) {
    done({ failure: error instanceof DataverseError ? error.kind : 'other' });
    throw error;
  }
}
