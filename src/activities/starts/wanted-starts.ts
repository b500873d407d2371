/**
 * HOST: how many starts a process asks Temporal's server for. Those that it has no room for come soonest to a process that
 * has, if this one does not ask for them. One that has come in vain comes again, but the server's timers may be a second late.
 */
import type { TaskQueueOfActivities } from '../../temporal/pollers';

/** How long none is asked for where there is room for none: others are given by then what is there. Starts of other connections may wait as long. */
const LEAVES_FOR_MS = 700;

/** How soon none is asked for again: where all processes have too many starts, nobody has room, and those of other connections must go on. */
const LEAVES_AGAIN_AFTER_MS = 10_000;

/** For how long no more are asked for than there was room for, but one. Starts that have come in vain are with another process by then. */
const IS_MODEST_FOR_MS = 2_000;

export class WantedStarts {
  /** By a clock that nobody sets, as all times here. */
  #leftAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #spare = Number.POSITIVE_INFINITY;
  #untold = 0;

  /** A start has come, of which it is not told yet what room there is for it. @param underWay starts that have come and not ended */
  come(underWay: number): void {
    this.#untold = Math.min(this.#untold + 1, underWay);
    this.#leave(performance.now());
  }

  /** @param spare for how many more starts there is room than have come; unset where no other process may have room for them */
  tell(spare: number | undefined): void {
    this.#untold = Math.max(0, this.#untold - 1);
    if (spare === undefined) return;
    const now = performance.now();
    // The fullest of the connections decides, until that is told no more.
    if (this.#isModest(now) && spare > this.#spare) return;
    this.#spare = spare;
    this.#toldAt = now;
    this.#leave(now);
  }

  /** `most` to ask for, and after how many milliseconds that changes by itself. */
  get now(): { most: number; forMs: number } {
    const now = performance.now();
    const leavesForMs = this.#leftAt + LEAVES_FOR_MS - now;
    if (leavesForMs > 0) return { most: 0, forMs: leavesForMs };
    if (!this.#isModest(now)) return { most: Number.POSITIVE_INFINITY, forMs: Number.POSITIVE_INFINITY };
    return { most: Math.max(1, this.#spare - this.#untold), forMs: this.#toldAt + IS_MODEST_FOR_MS - now };
  }

  #leave(now: number): void {
    const isFull = this.#isModest(now) && this.#spare <= this.#untold;
    if (isFull && now >= this.#leftAt + LEAVES_AGAIN_AFTER_MS) this.#leftAt = now;
  }

  #isModest(now: number): boolean {
    return now < this.#toldAt + IS_MODEST_FOR_MS;
  }
}

const taskQueues = new Map<string, WantedStarts>();

/** Those of a task queue. */
export function wantedStartsOf({ namespace, taskQueue }: TaskQueueOfActivities): WantedStarts {
  const key = JSON.stringify([namespace, taskQueue]);
  const known = taskQueues.get(key) ?? new WantedStarts();
  taskQueues.set(key, known);
  return known;
}
