/** Time is Jest's here: minutes of several processes pass in milliseconds. */
import fc from 'fast-check';
import { windowMaximum } from '../../../bench/harness/statistics';
import { Colleagues } from '../../../src/activities/starts/colleagues';
import { NotYet, type Surroundings, type Turn, Turns } from '../../../src/activities/starts/turns';

const MINUTE_MS = 60_000;
const HIGH = 2;
const NORMAL = 3;

beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** A process that has been alone for long. */
const alone: Surroundings = {
  perMinute: 10,
  countProcesses: async () => 1,
  isNew: false,
  othersSeenAt: 0,
  findStarts: async () => [],
};

const asker = (priority = NORMAL) => ({ priority, askedAt: Date.now(), isBack: false });

interface Asked {
  priority: number;
  turn?: Turn;
  grantedAt?: number;
  /** When it was told to come again. */
  comesAt?: number;
}

function ask(turns: Turns, surroundings = alone, priority = NORMAL, isBack = false): Asked {
  const asked: Asked = { priority };
  turns.take({ ...asker(priority), isBack }, surroundings).then(
    (turn) => Object.assign(asked, { turn, grantedAt: Date.now() }),
    (error) => {
      if (!(error instanceof NotYet)) throw error;
      asked.comesAt = Date.now() + error.waitMs;
    },
  );
  return asked;
}

const askMany = (turns: Turns, count: number, surroundings = alone, priority = NORMAL) =>
  Array.from({ length: count }, () => ask(turns, surroundings, priority));

const granted = (asked: readonly Asked[]) => asked.filter(({ turn }) => turn !== undefined);
const putOff = (asked: readonly Asked[]) => asked.filter(({ comesAt }) => comesAt !== undefined);

async function endAll(asked: readonly Asked[]): Promise<void> {
  for (const { turn } of asked) turn?.end();
}

describe('the turns of a process', () => {
  it('come at once, without a question, while there are few', async () => {
    const countProcesses = jest.fn(async () => 1);
    const surroundings = { ...alone, perMinute: 66, countProcesses };
    const asked = askMany(new Turns(), 5, surroundings);
    await jest.advanceTimersByTimeAsync(0);
    expect(granted(asked)).toHaveLength(5);
    expect(countProcesses).not.toHaveBeenCalled();
  });

  it('are spare as far as the share goes, less those that wait for one', async () => {
    const turns = new Turns();
    const two = { ...alone, perMinute: 20, countProcesses: async () => 2 };
    const limit = { perMinute: 20, processes: 2 };
    expect(turns.spare(limit)).toBe(10);
    const asked = askMany(turns, 8, two);
    expect(turns.spare(limit)).toBe(2);
    await jest.advanceTimersByTimeAsync(200);
    expect(turns.spare(limit)).toBe(2);
    askMany(turns, 3, two);
    expect(turns.spare(limit)).toBe(-1);
    expect(turns.spare({ ...limit, processes: 1 })).toBeUndefined();
    await jest.advanceTimersByTimeAsync(200);
    asked[0]?.turn?.refuse(1000);
    expect(turns.spare(limit)).toBeUndefined();
  });

  it('are not spare while a new process does not know what others have started', async () => {
    const turns = new Turns();
    const asked = { ...alone, isNew: true, othersSeenAt: Date.now() + 2_000, countProcesses: async () => 2 };
    const limit = { perMinute: alone.perMinute, processes: 2 };
    askMany(turns, 2, asked);
    await jest.advanceTimersByTimeAsync(200);
    expect(turns.spare(limit)).toBeLessThanOrEqual(0);
    await jest.advanceTimersByTimeAsync(2_200);
    expect(turns.spare(limit)).toBe(3);
  });

  it('come for all that the limit allows within a moment, and for the others when the first ones count no more', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 15);
    await jest.advanceTimersByTimeAsync(200);
    expect(granted(asked)).toHaveLength(10);
    await endAll(asked);
    for (const { comesAt = 0 } of putOff(asked)) {
      expect(comesAt - Date.now()).toBeGreaterThan(MINUTE_MS - 1000);
      expect(comesAt - Date.now()).toBeLessThan(MINUTE_MS + 1000);
    }
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    const back = Array.from({ length: 5 }, () => ask(turns, alone, NORMAL, true));
    await jest.advanceTimersByTimeAsync(200);
    expect(granted(back)).toHaveLength(5);
  });

  it('are told for later minutes where the queue is long, so that nobody comes in vain', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 35);
    await jest.advanceTimersByTimeAsync(200);
    const minutes = putOff(asked).map(({ comesAt = 0 }) => Math.round((comesAt - Date.now()) / MINUTE_MS));
    expect(minutes).toHaveLength(25);
    expect([1, 2, 3].map((minute) => minutes.filter((one) => one === minute).length)).toEqual([10, 10, 5]);
  });

  it('are told for five minutes later at most, when another process may have less to do', async () => {
    const asked = askMany(new Turns(), 100);
    await jest.advanceTimersByTimeAsync(200);
    const minutes = putOff(asked).map(({ comesAt = 0 }) => Math.round((comesAt - Date.now()) / MINUTE_MS));
    expect(minutes).toHaveLength(90);
    expect(Math.max(...minutes)).toBe(5);
  });

  it('go by priority first', async () => {
    const turns = new Turns();
    const first = askMany(turns, 1);
    await jest.advanceTimersByTimeAsync(0);
    const normal = askMany(turns, 9);
    const high = askMany(turns, 6, alone, HIGH);
    await jest.advanceTimersByTimeAsync(200);
    expect(granted(first)).toHaveLength(1);
    expect(granted(high)).toHaveLength(6);
    expect(granted(normal)).toHaveLength(3);
  });

  it('of high priority come in the next minute, before others that were told so earlier', async () => {
    const turns = new Turns();
    const normal = askMany(turns, 40);
    await jest.advanceTimersByTimeAsync(200);
    await endAll(normal);
    const [high] = askMany(turns, 1, alone, HIGH);
    await jest.advanceTimersByTimeAsync(200);
    expect((high?.comesAt ?? 0) - Date.now()).toBeLessThan(MINUTE_MS);
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    const back = [
      ...Array.from({ length: 10 }, () => ask(turns, alone, NORMAL, true)),
      ask(turns, alone, HIGH, true),
    ];
    await jest.advanceTimersByTimeAsync(200);
    expect(back.at(-1)?.turn).toBeDefined();
    expect(granted(back)).toHaveLength(10);
  });

  it('are kept for those who were told to come again', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 20);
    await jest.advanceTimersByTimeAsync(200);
    await endAll(asked);
    await jest.advanceTimersByTimeAsync(MINUTE_MS);
    const others = askMany(turns, 10);
    await jest.advanceTimersByTimeAsync(100);
    const back = Array.from({ length: 10 }, () => ask(turns, alone, NORMAL, true));
    await jest.advanceTimersByTimeAsync(200);
    expect(granted(others)).toHaveLength(0);
    expect(granted(back)).toHaveLength(10);
  });

  it('wait in the process where they come within two seconds', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 10);
    await jest.advanceTimersByTimeAsync(200);
    await endAll(asked);
    await jest.advanceTimersByTimeAsync(MINUTE_MS - 2000);
    const late = ask(turns);
    await jest.advanceTimersByTimeAsync(1900);
    expect(late).toEqual({ priority: NORMAL });
    await jest.advanceTimersByTimeAsync(300);
    expect(late.turn).toBeDefined();
  });

  it('are given up at once by a start that is cancelled', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 10);
    await jest.advanceTimersByTimeAsync(200);
    await endAll(asked);
    await jest.advanceTimersByTimeAsync(MINUTE_MS - 2000);
    const cancel = new AbortController();
    const taken = turns.take(asker(), alone, cancel.signal);
    const ended = expect(taken).rejects.toBeInstanceOf(NotYet);
    await jest.advanceTimersByTimeAsync(500);
    cancel.abort();
    await ended;
  });
});

describe('a start that Dataverse refuses because there are too many', () => {
  it('closes the connection for so long, and not longer; then one start tries, and the others follow', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 5);
    await jest.advanceTimersByTimeAsync(200);
    for (const { turn } of granted(asked)) turn?.refuse(3000);
    const meanwhile = askMany(turns, 4);
    await jest.advanceTimersByTimeAsync(200);
    for (const { comesAt = 0 } of meanwhile) expect(comesAt - Date.now()).toBeLessThanOrEqual(3000);
    await jest.advanceTimersByTimeAsync(2800);
    const back = Array.from({ length: 4 }, () => ask(turns, alone, NORMAL, true));
    await jest.advanceTimersByTimeAsync(150);
    expect(granted(back)).toHaveLength(1);
    granted(back)[0]?.turn?.end();
    await jest.advanceTimersByTimeAsync(300);
    expect(granted(back)).toHaveLength(4);
  });

  it('does not count', async () => {
    const turns = new Turns();
    const asked = askMany(turns, 10);
    await jest.advanceTimersByTimeAsync(200);
    for (const { turn } of asked) turn?.refuse(1000);
    await jest.advanceTimersByTimeAsync(1000);
    const trial = ask(turns);
    await jest.advanceTimersByTimeAsync(200);
    trial.turn?.end();
    const back = askMany(turns, 9);
    await jest.advanceTimersByTimeAsync(200);
    expect(granted(back)).toHaveLength(9);
  });
});

describe('a start that no limit holds up', () => {
  it('goes at any time, but while Dataverse asks to wait', async () => {
    const turns = new Turns();
    const [first] = Array.from({ length: 100 }, () => turns.takeAnyhow());
    first?.refuse(3000);
    expect(() => turns.takeAnyhow()).toThrow(new NotYet(3000));
    await jest.advanceTimersByTimeAsync(3000);
    turns.takeAnyhow().end();
  });
});

describe('a process that has just come', () => {
  const findStarts = jest.fn(async () => Array.from({ length: 9 }, () => Date.now()));
  const amongOthers = { ...alone, isNew: true, countProcesses: async () => 2, findStarts };
  beforeEach(() => findStarts.mockClear());

  it('asks Dataverse once what others have started, and takes of its share what they have left', async () => {
    const asked = askMany(new Turns(), 10, amongOthers);
    await jest.advanceTimersByTimeAsync(500);
    expect(findStarts).toHaveBeenCalledTimes(1);
    // One goes before anybody is asked, and is among the nine.
    expect(granted(asked)).toHaveLength(2);
  });

  it('keeps no places while starts of others may be under way: all that it holds back come again when it can see them', async () => {
    const turns = new Turns();
    const surroundings = { ...amongOthers, perMinute: 70, othersSeenAt: Date.now() + 5_000 };
    const asked = askMany(turns, 40, surroundings);
    await jest.advanceTimersByTimeAsync(500);
    expect(granted(asked)).toHaveLength(1);
    expect(putOff(asked).map(({ comesAt }) => comesAt)).toEqual(Array(39).fill(surroundings.othersSeenAt));
    await jest.advanceTimersByTimeAsync(4_500);
    expect(findStarts).not.toHaveBeenCalled();
    const back = Array.from({ length: 39 }, () => ask(turns, surroundings, NORMAL, true));
    await jest.advanceTimersByTimeAsync(500);
    expect(granted(back)).toHaveLength(34);
  });

  it('does not ask for a robot that is alone', async () => {
    const asked = ask(new Turns(), amongOthers);
    await jest.advanceTimersByTimeAsync(500);
    expect(asked.turn).toBeDefined();
    expect(findStarts).not.toHaveBeenCalled();
  });

  it('does not ask where no other process has been there', async () => {
    const asked = askMany(new Turns(), 10, { ...amongOthers, countProcesses: async () => 1 });
    await jest.advanceTimersByTimeAsync(500);
    expect(granted(asked)).toHaveLength(10);
    expect(findStarts).not.toHaveBeenCalled();
  });
});

describe('several processes', () => {
  const LIMIT = 66;
  /** Microsoft's. What a new process may start before it knows of others is within the difference. */
  const MOST = 70;
  const DONE_WITHIN_MS = 15 * MINUTE_MS;

  /** Everything that a plan does happens at these times, in milliseconds. */
  const plan = fc.record({
    bursts: fc.array(fc.record({ at: fc.nat(150_000), starts: fc.integer({ min: 1, max: 120 }) }), {
      minLength: 1,
      maxLength: 4,
    }),
    comes: fc.array(fc.nat(150_000), { maxLength: 2 }),
    /** Each kill is followed by a new process. */
    kills: fc.array(fc.nat(150_000), { maxLength: 2 }),
    latencyMs: fc.integer({ min: 1, max: 3000 }),
    seed: fc.nat(),
  });

  /** Nobody has asked yet what the first process has started: it was found once that 71 were started so. */
  const threeComeAtOnce = {
    bursts: [
      { at: 0, starts: 65 },
      { at: 3, starts: 6 },
    ],
    comes: [3, 3],
    kills: [3],
    latencyMs: 1,
    seed: 0,
  };

  /** A burst is under way, so that nobody can see it yet, when another process comes. */
  const oneComesInABurst = {
    bursts: [
      { at: 0, starts: 66 },
      { at: 400, starts: 40 },
    ],
    comes: [300],
    kills: [],
    latencyMs: 3000,
    seed: 1,
  };

  it('keep to the limit together, and lose no start, whoever comes, is killed and comes again', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        jest.useFakeTimers({ now: 0 });
        const world = new World(LIMIT, planned.latencyMs, planned.seed);
        world.come();
        for (const at of planned.comes) setTimeout(() => world.come(), at);
        for (const at of planned.kills) setTimeout(() => world.replaceOne(), at);
        let asked = 0;
        for (const { at, starts } of planned.bursts) {
          asked += starts;
          setTimeout(() => {
            for (let count = 0; count < starts; count++) world.start();
          }, at);
        }
        for (let passed = 0; passed < DONE_WITHIN_MS && world.started.length < asked; passed += 1000)
          await jest.advanceTimersByTimeAsync(1000);
        expect(world.started).toHaveLength(asked);
        expect(windowMaximum(world.started, MINUTE_MS)).toBeLessThanOrEqual(MOST);
      }),
      { numRuns: 60, examples: [[threeComeAtOnce], [oneComesInABurst]] },
    );
  }, 120_000);

  it('have room for a burst below the limit, though one of them is given nearly all of it for two seconds', async () => {
    const WORLDS = 200;
    const BURST = 10;
    let late = 0;
    for (let seed = 1; seed <= WORLDS; seed++) {
      jest.useFakeTimers({ now: 0 });
      const world = new World(12, 500, seed * 7919);
      jest.spyOn(Math, 'random').mockImplementation(() => world.random());
      world.come(new Colleagues());
      world.come(new Colleagues());
      await jest.advanceTimersByTimeAsync(2 * MINUTE_MS);
      world.toFirst = 0.9;
      for (let count = 0; count < BURST; count++) world.start();
      await jest.advanceTimersByTimeAsync(2_000);
      world.toFirst = undefined;
      await jest.advanceTimersByTimeAsync(20_000);
      if (world.started.length < BURST) late += 1;
    }
    expect(late / WORLDS).toBeLessThan(0.1);
  });
});

/** Processes that are given starts by chance, and a Dataverse that counts. */
class World {
  readonly started: number[] = [];
  #processes: Process[] = [];
  #next: number;
  /** The chance of the first process, while they are not given equally many. */
  toFirst: number | undefined;

  constructor(
    readonly limit: number,
    readonly latencyMs: number,
    seed: number,
  ) {
    this.#next = seed % 2147483647 || 1;
  }

  random(): number {
    this.#next = (this.#next * 48271) % 2147483647;
    return this.#next / 2147483647;
  }

  come(colleagues?: Colleagues): void {
    this.#processes.push({ turns: new Turns(), polledAt: Date.now(), ...(colleagues && { colleagues }) });
  }

  /** As a process that was killed and starts anew: what it has sent arrives. */
  replaceOne(): void {
    const [first] = this.#processes.filter(({ isDead }) => !isDead);
    if (first) first.isDead = true;
    this.come();
  }

  #chosen(alive: readonly Process[]): Process {
    const [first, ...others] = alive;
    if (this.toFirst === undefined) return alive[Math.floor(this.random() * alive.length)] as Process;
    if (this.random() < this.toFirst) return first as Process;
    return others[Math.floor(this.random() * others.length)] as Process;
  }

  start(askedAt = Date.now(), isBack = false): void {
    const alive = this.#processes.filter(({ isDead }) => !isDead);
    const process = this.#chosen(alive);
    process.polledAt = Date.now();
    process.colleagues ??= new Colleagues();
    const { colleagues, turns } = process;
    const surroundings: Surroundings = {
      perMinute: this.limit,
      isNew: colleagues.isNew,
      othersSeenAt: colleagues.othersSeenAt,
      countProcesses: () => colleagues.count(async () => this.#countPollers()),
      findStarts: async () => this.started.filter((at) => at > Date.now() - MINUTE_MS),
    };
    turns.take({ priority: NORMAL, askedAt, isBack }, surroundings).then(
      (turn) => {
        // The worker died before it had sent anything: its run comes again.
        if (process.isDead) setTimeout(() => this.start(askedAt, true), 10_000);
        else this.#send(turn);
      },
      (error: NotYet) => setTimeout(() => this.start(askedAt, true), error.waitMs),
    );
  }

  #send(turn: Turn): void {
    const tookMs = this.latencyMs * this.random();
    setTimeout(() => this.started.push(Date.now()), tookMs * this.random());
    setTimeout(() => turn.end(), tookMs);
  }

  /** A process polls again as soon as it was given something, and at least every minute. */
  #countPollers(): number {
    for (const one of this.#processes)
      if (!one.isDead) one.polledAt = Math.max(one.polledAt, Date.now() - MINUTE_MS);
    return this.#processes.filter(({ polledAt }) => polledAt >= Date.now() - 75_000).length;
  }
}

interface Process {
  turns: Turns;
  /** Known from its first start on, as in a process that does nothing else. */
  colleagues?: Colleagues;
  polledAt: number;
  isDead?: boolean;
}
