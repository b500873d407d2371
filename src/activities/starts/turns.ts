/**
 * HOST: gives the starts of one connection their turns, in this process. A start whose turn is soon waits here, for a
 * second or two; any other goes back to Temporal, and is told when to come again.
 */
import { LastMinute, type Limit, MINUTE_MS, type Start, shareOf } from './last-minute';

/** Who asks for a turn. */
export interface Asker {
  /** Temporal's: a lower number goes first. */
  priority: number;
  /** When its run asked first, epoch milliseconds. */
  askedAt: number;
  /** It was sent away before. */
  isBack: boolean;
}

/** What the turns need to know of the world at the moment. */
export interface Surroundings {
  /** Starts a minute of the connection, by all processes. */
  perMinute: number;
  /** How many processes share them. Must not throw. */
  countProcesses(): Promise<number>;
  /** Whether others may have made starts that this process has not heard of. */
  isNew: boolean;
  /** From when on `findStarts` shows them, those included that are under way at the moment: epoch milliseconds. */
  othersSeenAt: number;
  /** When starts of the connection were made within the last minute: epoch milliseconds. Must not throw. Left out where nobody tells. */
  findStarts?(): Promise<readonly number[]>;
}

/** Leave to start a robot now. */
export interface Turn {
  /** The start is over. It counts for another minute. */
  end(): void;
  /** Nothing was sent. */
  giveBack(): void;
  /** Dataverse refused the start because there were too many, or another process was told so: no start of the connection for so long. */
  refuse(forMs: number): void;
}

/** It is not the turn of a start, and will not be for so long. */
export class NotYet extends Error {
  override readonly name = 'NotYet';

  constructor(readonly waitMs: number) {
    super(`It is not the turn of this start for another ${waitMs} ms`);
  }
}

/**
 * With fewer starts in the last minute a start goes at once, and nobody is asked: as if so many shared the limit. Processes
 * that have just come do not know what others have started, so each has one such start: four of them stay below 70.
 */
const AT_ONCE_SHARED_BY = { known: 13, new: 66 };

/** Starts that come together are put into order first. */
const GATHER_MS = 100;

/** A wait in the process, below the third of the heartbeat time-out after which Temporal Cloud bills a heartbeat. */
const LONGEST_HERE_MS = 2_500;

/**
 * Where another process may have room: when to come again at first, before this process asks Temporal's server for as many starts as
 * ever; then in the first seconds; then later and later, as a part of the time since those; and for how long in all. Whoever comes again may
 * be given to the same process: on a busy machine one process is given nearly all for seconds.
 */
const ELSEWHERE_FIRST_AFTER_MS = { least: 50, most: 150 };
const ELSEWHERE_AFTER_MS = { least: 200, most: 600 };
const ELSEWHERE_QUICK_FOR_MS = 2_500;
const ELSEWHERE_AFTER_PART = { least: 0.4, most: 0.8 };
const ELSEWHERE_FOR_MS = 15_000;

/** How many a process sends away so in a minute, as a part of its share. */
const ELSEWHERE_PART = 1;
const ELSEWHERE_LEAST = 24;

/** Whoever is told to come again may come so much later, and finds a place kept. */
const KEPT_FOR_MS = 5_000;
const EARLY_MS = 1_000;

/** How soon a start that was told a time that is over may ask again. */
const LEAST_WAIT_MS = 500;

/**
 * The longest wait that a long queue brings. The share by which it is reckoned grows when a process that has ended counts no more, and
 * other processes may have less to do: whoever comes again comes to any of them.
 */
const LONGEST_TOLD_MS = 5 * MINUTE_MS;

/** After a refusal one start tries whether Dataverse takes starts again; the others ask for that so often. */
const TRIAL_MS = 200;

interface Waiting extends Asker {
  cameAt: number;
  grant(turn: Turn): void;
  sendAway(waitMs: number): void;
}

export class Turns {
  readonly #minute = new LastMinute();
  #waiting: Waiting[] = [];
  /** Places of starts that were told to come again, the earliest first. */
  #kept: { at: number; priority: number }[] = [];
  #sentElsewhere: number[] = [];
  #closedUntil = 0;
  /** Dataverse has refused a start, and has taken none since. */
  #isOnTrial = false;
  #hasLearned = false;
  /** Others may have starts under way that nobody can see yet. */
  #heldUntil = 0;
  #timer: { at: number; handle: NodeJS.Timeout } | undefined;
  #isServing = false;
  #surroundings: Surroundings | undefined;

  get isInUse(): boolean {
    const now = Date.now();
    return this.#waiting.length > 0 || this.#closedUntil > now || this.#minute.isInUse(now);
  }

  /** @throws NotYet where its turn is not soon, and once `signal` is aborted */
  async take(asker: Asker, surroundings: Surroundings, signal?: AbortSignal): Promise<Turn> {
    this.#surroundings = surroundings;
    const now = Date.now();
    if (this.#isQuiet(now, surroundings)) return this.#turn();
    return new Promise<Turn>((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        reject(new NotYet(0));
      };
      const done = () => signal?.removeEventListener('abort', leave);
      const waiting: Waiting = {
        ...asker,
        cameAt: now,
        grant: (turn) => {
          done();
          resolve(turn);
        },
        sendAway: (waitMs) => {
          done();
          reject(new NotYet(Math.ceil(waitMs)));
        },
      };
      if (signal?.aborted) return leave();
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
      // Is known by the time when they are put into order.
      void surroundings.countProcesses();
      this.#serveAt(now + GATHER_MS);
    });
  }

  /** A start that no limit holds up, unless Dataverse has asked to wait. @throws NotYet where it has */
  takeAnyhow(): Turn {
    const closedMs = this.#closedUntil - Date.now();
    if (closedMs > 0) throw new NotYet(closedMs);
    const nothing = () => undefined;
    return { end: nothing, giveBack: nothing, refuse: (forMs) => this.#close(forMs) };
  }

  /**
   * For how many more starts there is room than have come, below 0 where there are too many.
   * @returns unset where no other process may have room for them
   */
  spare(limit: Limit): number | undefined {
    const now = Date.now();
    if (limit.processes === 1 || this.#closedUntil > now || this.#isOnTrial) return undefined;
    const room = this.#heldUntil > now ? 0 : this.#minute.room(now, limit);
    return room - this.#waiting.length;
  }

  /** So few starts that nobody needs to be asked. */
  #isQuiet(now: number, { perMinute, isNew }: Surroundings): boolean {
    if (this.#waiting.length > 0 || this.#isServing || this.#closedUntil > now || this.#isOnTrial)
      return false;
    if (this.#kept.some(({ at }) => at + KEPT_FOR_MS > now)) return false;
    const share = shareOf({ perMinute, processes: isNew ? AT_ONCE_SHARED_BY.new : AT_ONCE_SHARED_BY.known });
    return this.#minute.used(now, share.withinMs) < share.starts;
  }

  #turn(): Turn {
    const start: Start = this.#minute.begin(Date.now());
    const goOn = () => {
      if (this.#waiting.length > 0) this.#serveAt(Date.now());
    };
    return {
      end: () => {
        start.endedAt = Date.now();
        this.#isOnTrial = false;
        goOn();
      },
      giveBack: () => {
        this.#minute.forget(start);
        goOn();
      },
      refuse: (forMs) => {
        this.#minute.forget(start);
        this.#close(forMs);
        this.#isOnTrial = true;
      },
    };
  }

  #close(forMs: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, Date.now() + forMs);
  }

  #serveAt(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    clearTimeout(this.#timer?.handle);
    const handle = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#serve();
      },
      Math.max(0, at - Date.now()),
    );
    this.#timer = { at, handle };
  }

  async #serve(): Promise<void> {
    if (this.#surroundings === undefined) return;
    if (this.#isServing) return this.#serveAt(Date.now() + GATHER_MS);
    this.#isServing = true;
    const { perMinute } = this.#surroundings;
    const processes = await this.#surroundings.countProcesses();
    await this.#learn(processes);
    this.#isServing = false;
    this.#giveOut({ perMinute, processes });
  }

  /** Once, where this process is new and not alone: what counts already. Until that can be seen, no start is made. */
  async #learn(processes: number): Promise<void> {
    const { isNew = false, othersSeenAt = 0, findStarts } = this.#surroundings ?? {};
    if (processes === 1 || !isNew || this.#hasLearned || findStarts === undefined) return;
    const now = Date.now();
    this.#heldUntil = othersSeenAt;
    if (now < othersSeenAt) return;
    this.#hasLearned = true;
    const times = [...(await findStarts())].sort((one, other) => one - other);
    // The latest ones are this process's own.
    this.#minute.learn(times.slice(0, Math.max(0, times.length - this.#minute.used(now))));
  }

  #giveOut(limit: Limit): void {
    const now = Date.now();
    const waiting = this.#waiting.sort(inTurn);
    this.#waiting = [];
    this.#kept = this.#kept.filter(({ at }) => at + KEPT_FOR_MS > now);
    const left: Waiting[] = [];
    let room = this.#room(now, limit);
    for (const one of waiting) {
      if (room > this.#dueBefore(one, now)) {
        room -= 1;
        this.#redeem(one, now);
        one.grant(this.#turn());
      } else left.push(one);
    }
    for (const one of left) this.#putOff(one, now, limit);
  }

  #room(now: number, limit: Limit): number {
    if (Math.max(this.#closedUntil, this.#heldUntil) > now) return 0;
    const room = this.#minute.room(now, limit);
    if (!this.#isOnTrial) return room;
    return this.#minute.underWay > 0 ? 0 : Math.min(1, room);
  }

  /** Places that are kept now for others which go first. */
  #dueBefore({ priority, isBack }: Waiting, now: number): number {
    return this.#kept.filter(
      (kept) =>
        kept.at <= now + EARLY_MS && (kept.priority < priority || (kept.priority === priority && !isBack)),
    ).length;
  }

  /** Whoever is back takes the place that was kept for it, or for one of its like. */
  #redeem({ priority, isBack }: Waiting, now: number): void {
    const isIts = (kept: { at: number; priority: number }) =>
      kept.priority === priority && kept.at <= now + EARLY_MS;
    const place = isBack ? this.#kept.findIndex(isIts) : -1;
    if (place >= 0) this.#kept.splice(place, 1);
  }

  /** Is called for one after the other, in their order. */
  #putOff(one: Waiting, now: number, limit: Limit): void {
    this.#redeem(one, now);
    // Nobody knows yet what is free then, so no place is kept.
    if (this.#heldUntil > Math.max(now, this.#closedUntil)) {
      this.#hold(one, now);
      return;
    }
    const isTried = this.#isOnTrial && this.#closedUntil <= now;
    // Whoever is back goes before those who are told to come later: to another process, it may be.
    const ahead = this.#waiting.length + (one.isBack ? this.#dueBefore(one, now) : this.#keptBefore(one));
    const soon = isTried
      ? now + TRIAL_MS
      : Math.max(this.#closedUntil, this.#minute.freeAt(ahead, now, limit));
    if (soon <= one.cameAt + LONGEST_HERE_MS) {
      this.#waiting.push(one);
      this.#serveAt(Math.max(soon, now + GATHER_MS));
      return;
    }
    const elsewhereMs = this.#elsewhereAfterMs(one, now, limit);
    if (elsewhereMs !== undefined) {
      one.sendAway(elsewhereMs);
      return;
    }
    const free = this.#minute.freeAt(this.#waiting.length + this.#keptBefore(one), now, limit);
    const comesAt = Math.max(this.#closedUntil, Math.min(free, now + LONGEST_TOLD_MS), now + LEAST_WAIT_MS);
    this.#kept.push({ at: comesAt, priority: one.priority });
    one.sendAway(comesAt - now);
  }

  #hold(one: Waiting, now: number): void {
    if (this.#heldUntil > one.cameAt + LONGEST_HERE_MS) {
      one.sendAway(this.#heldUntil - now);
      return;
    }
    this.#waiting.push(one);
    this.#serveAt(this.#heldUntil);
  }

  #keptBefore({ priority }: Waiting): number {
    return this.#kept.filter((kept) => kept.priority <= priority).length;
  }

  /**
   * Starts are not spread evenly over the processes: some of those that are too many here are not so elsewhere.
   * @returns unset where no other process is asked
   */
  #elsewhereAfterMs({ askedAt, isBack }: Waiting, now: number, limit: Limit): number | undefined {
    if (limit.processes === 1 || this.#closedUntil > now || this.#isOnTrial) return undefined;
    const triedMs = now - askedAt;
    if (triedMs > ELSEWHERE_FOR_MS) return undefined;
    this.#sentElsewhere = this.#sentElsewhere.filter((at) => at > now - MINUTE_MS);
    if (this.#sentElsewhere.length >= Math.max(ELSEWHERE_LEAST, shareOf(limit).starts * ELSEWHERE_PART))
      return undefined;
    this.#sentElsewhere.push(now);
    if (!isBack) return between(ELSEWHERE_FIRST_AFTER_MS);
    const sinceMs = triedMs - ELSEWHERE_QUICK_FOR_MS;
    return Math.max(between(ELSEWHERE_AFTER_MS), sinceMs * between(ELSEWHERE_AFTER_PART));
  }
}

const between = ({ least, most }: { least: number; most: number }) => least + (most - least) * Math.random();

/** By priority, then by the time when it was asked for. */
function inTurn(one: Asker, other: Asker): number {
  return one.priority - other.priority || one.askedAt - other.askedAt;
}
