/** HOST: how many worker processes share the limit of starts of one task queue. Known to be new is who has just come. */
import { log } from '@temporalio/activity';
import { messageOf } from '../../common/message-of';
import { perTaskQueue } from './per-task-queue';

/** A process that has just come is noticed within this time. */
const KNOWN_FOR_MS = 1_000;

/** Starts of others may still count that were made before this process knew of anybody. */
const NEW_FOR_MS = 65_000;

/**
 * All others know of a process by then, and what they let through before can be seen in Dataverse: they ask once a second, and
 * a trigger is seldom answered later than this.
 */
const OTHERS_SEEN_AFTER_MS = 5_000;

export class Colleagues {
  #count = 1;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<number> | undefined;
  #isSilent = false;
  readonly #cameAt = Date.now();

  /** Whether this process may not know of starts that others have made. */
  get isNew(): boolean {
    return Date.now() < this.#cameAt + NEW_FOR_MS;
  }

  /** From when on Dataverse shows what others started before they knew of this process: epoch milliseconds. */
  get othersSeenAt(): number {
    return this.#cameAt + OTHERS_SEEN_AFTER_MS;
  }

  /** How many there were when it was asked last, this process included. */
  get known(): number {
    return this.#count;
  }

  /** @param ask is called at most once a second, and only while there are starts to make. */
  async count(ask: () => Promise<number>): Promise<number> {
    if (Date.now() - this.#askedAt < KNOWN_FOR_MS) return this.#count;
    this.#asking ??= this.#ask(ask).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(ask: () => Promise<number>): Promise<number> {
    try {
      // The list may be late to name this process itself.
      this.#count = Math.max(1, await ask());
    } catch (error) {
      if (!this.#isSilent) {
        this.#isSilent = true;
        log.warn(
          'Temporal does not tell how many workers share the limit of starts; this one goes on as before',
          {
            workers: this.#count,
            why: messageOf(error),
          },
        );
      }
    }
    this.#askedAt = Date.now();
    return this.#count;
  }
}

/** Those of a task queue. The process counts as come with the first question: when it begins to poll, or with its first start. */
export const colleaguesOf = perTaskQueue(() => new Colleagues());
