/**
 * HOST: where the worker processes tell each other that Dataverse has asked one of them to wait. It is a task queue on which
 * there is never a task: who has to tell something polls it with that as its identity, and Temporal's server tells everybody
 * who has polled it lately. That is no billable action of Temporal Cloud, needs no right that a worker lacks, and touches no
 * setting of a task queue; what several tell at once stands side by side.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { isDenied, isUnimplemented } from './grpc-errors';
import { endsOfWaits, LONGEST_NOTICE_MS, noticeText } from './notices';
import { ServerClock } from './server-clock';
import { pollersOfTaskless, pollTaskless, type TasklessQueue } from './taskless-queue';

const NORMAL_NAME = 'temporal-power-automate';

/** A notice is told anew before the poll ends that tells it, so that there is always one that the server has stamped once. */
const POLL_MS = 10_000;
const TOLD_EVERY_MS = 7_000;
/** The server takes none that is shorter than two seconds. */
const LAST_POLL_MS = 3_000;
const AFTER_FAILURE_MS = 1_000;
/** Many starts may be refused within a moment. */
const LEAST_PAUSE_MS = 200;

/** A request must not wait for a server that is out of reach, and finds out only once in a while. */
const READ_WITHIN_MS = 2_000;
const SILENT_FOR_MS = 10_000;

/** Names this process in its notices. */
const PROCESS = `${randomBytes(4).toString('hex')}.`;
let notices = 0;

interface Told {
  id: string;
  /** Those of shorter waits, which others may still believe. */
  replaced: string[];
  /** Of this process's steady clock. */
  until: number;
  /** Ends the pause before it is told again. */
  changed: AbortController;
}

export class NoticeBoard {
  readonly clock = new ServerClock();
  readonly #queue: TasklessQueue;
  readonly #told = new Map<string, Told>();
  /** When the waits end that others have told, by this process's steady clock. */
  #ends = new Map<string, number>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  /** @param name has no name of an organization in clear: everybody in the namespace may see it. */
  constructor(namespace: string, name: string) {
    this.#queue = { namespace, name, normalName: NORMAL_NAME };
  }

  /** Another board would not know: this one tells something, or has heard of it. */
  get isInUse(): boolean {
    return this.#told.size > 0 || [...this.#ends.keys()].some((about) => this.waitMs(about) > 0);
  }

  /** How long it has to be waited as far as others have told, in milliseconds. */
  waitMs(about: string): number {
    return Math.max(0, Math.ceil((this.#ends.get(about) ?? 0) - performance.now()));
  }

  /**
   * Reads what others have told, unless that was done lately.
   * @throws Temporal's error where it cannot be read. Then nothing is asked for a while.
   */
  async read(client: Client, noOlderThanMs: number): Promise<void> {
    if (performance.now() - this.#readAt < noOlderThanMs) return;
    this.#reading ??= this.#read(client).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(client: Client): Promise<void> {
    const askedAt = performance.now();
    try {
      const pollers = await client.withDeadline(Date.now() + READ_WITHIN_MS, () =>
        pollersOfTaskless(client, this.#queue),
      );
      for (const { lastPolledAt } of pollers) if (lastPolledAt !== undefined) this.clock.saw(lastPolledAt);
      const ahead = this.clock.now - performance.now();
      const ends = endsOfWaits(pollers, (id) => id.startsWith(PROCESS));
      this.#ends = new Map([...ends].map(([about, endsAt]) => [about, endsAt - ahead]));
      this.#readAt = askedAt;
    } catch (error) {
      this.#readAt = performance.now() + SILENT_FOR_MS;
      throw error;
    }
  }

  /**
   * Tells the others, until the wait is over. Nothing is told that they know already.
   * @throws Temporal's error where it refuses to pass it on
   */
  async tell(client: Client, about: string, forMs: number): Promise<void> {
    const until = performance.now() + Math.min(forMs, LONGEST_NOTICE_MS);
    const told = this.#told.get(about);
    if (told !== undefined && told.until >= until) return;
    notices += 1;
    const id = `${PROCESS}${notices}`;
    if (told !== undefined) {
      told.replaced.push(told.id);
      told.id = id;
      told.until = until;
      told.changed.abort();
      return;
    }
    const wait: Told = { id, replaced: [], until, changed: new AbortController() };
    this.#told.set(about, wait);
    try {
      await this.#keepTelling(client, about, wait);
    } finally {
      this.#told.delete(about);
    }
    await this.#takeBack(client, about, wait.id);
  }

  async #keepTelling(client: Client, about: string, wait: Told): Promise<void> {
    for (let leftMs = left(wait); leftMs > 0; leftMs = left(wait)) {
      wait.changed = new AbortController();
      const text = noticeText({ id: wait.id, about, remainingMs: leftMs });
      const poll = this.#poll(client, text, Math.min(POLL_MS, leftMs + LAST_POLL_MS));
      for (const id of wait.replaced.splice(0)) void this.#takeBack(client, about, id);
      const pause = idle(Math.min(TOLD_EVERY_MS, leftMs), wait.changed.signal);
      const error = await Promise.race([poll, pause]);
      if (error !== undefined && isForGood(error)) throw error;
      // A server that answers at once is asked no more often for that.
      if (error === undefined) await pause;
      else await idle(AFTER_FAILURE_MS);
      if (wait.changed.signal.aborted) await idle(LEAST_PAUSE_MS);
    }
  }

  /** The server may stamp the last poll again when it ends, as if the wait began then. */
  async #takeBack(client: Client, about: string, id: string): Promise<void> {
    await this.#poll(client, noticeText({ id, about, remainingMs: 0 }), LAST_POLL_MS);
  }

  /** @returns why it failed, if it did. */
  async #poll(client: Client, identity: string, forMs: number): Promise<unknown> {
    return client
      .withDeadline(Date.now() + forMs, () => pollTaskless(client, this.#queue, identity))
      .then(
        () => undefined,
        (error: unknown) => error ?? new Error('unknown'),
      );
  }
}

/** Anything but a server that is busy or out of reach: a connection that is closed, for one. */
function isForGood(error: unknown): boolean {
  return !isGrpcServiceError(error) || isDenied(error) || isUnimplemented(error);
}

function left({ until }: Told): number {
  return until - performance.now();
}

/** Does not keep the process from ending. */
async function idle(ms: number, until?: AbortSignal): Promise<undefined> {
  await sleep(ms, undefined, { ref: false, signal: until }).catch(() => undefined);
}
