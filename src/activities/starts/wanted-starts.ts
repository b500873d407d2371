/**
 * HOST: how many starts a process asks Temporal's server for. Those that it has no room for come soonest to a process that
 * has, if this one does not ask for them. One that has come in vain comes again, but the server's timers may be a second late.
 */
import { perTaskQueue } from './per-task-queue';

/** How long none is asked for where there is room for none: others are given by then what is there. Starts of other connections may wait as long. */
const LEAVES_FOR_MS = 700;

/** How soon none is asked for again: where all processes have too many starts, nobody has room, and those of other connections must go on. */
const LEAVES_AGAIN_AFTER_MS = 10_000;

/** For how long no more are asked for than there was room for, but one. Starts that have come in vain are with another process by then. */
const IS_MODEST_FOR_MS = 2_000;

/** A start has told by then, but for one that has something else to do first. */
const TELLS_WITHIN_MS = 250;

export class WantedStarts {
  /** By a clock that nobody sets, as all times here. */
  #leftAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #room = Number.POSITIVE_INFINITY;
  /** When starts have come that have not told, the earliest first. */
  #untold: number[] = [];

  /** A start has come, of which it is not told yet what room there is for it. */
  come(): void {
    const now = performance.now();
    this.#untold = this.#untold.filter((at) => at > now - TELLS_WITHIN_MS);
    this.#untold.push(now);
  }

  /** @param spare for how many more starts of a connection there is room than have come; unset where no other process may have room for them */
  tell(spare: number | undefined): void {
    this.#untold.shift();
    if (spare === undefined) return;
    const now = performance.now();
    const room = Math.max(0, spare);
    // The fullest of the connections decides, until nothing is told of it for two seconds.
    if (this.#isModest(now) && room > this.#room) return;
    this.#room = room;
    this.#toldAt = now;
    if (room === 0 && now >= this.#leftAt + LEAVES_AGAIN_AFTER_MS) this.#leftAt = now;
  }

  /** `most` to ask for, and after how many milliseconds that changes by itself. */
  get now(): { most: number; forMs: number } {
    const now = performance.now();
    const leavesForMs = this.#leftAt + LEAVES_FOR_MS - now;
    if (leavesForMs > 0) return { most: 0, forMs: leavesForMs };
    if (!this.#isModest(now)) return { most: Number.POSITIVE_INFINITY, forMs: Number.POSITIVE_INFINITY };
    const untold = this.#untold.filter((at) => at > now - TELLS_WITHIN_MS).length;
    return { most: Math.max(1, this.#room - untold), forMs: this.#toldAt + IS_MODEST_FOR_MS - now };
  }

  #isModest(now: number): boolean {
    return now < this.#toldAt + IS_MODEST_FOR_MS;
  }
}

/** Those of a task queue. */
export const wantedStartsOf = perTaskQueue(() => new WantedStarts());
