/** What is fuzzed, and what must hold for every case of it. */
import fc from 'fast-check';

/** Processor time that one case may take. More is an input that holds a process up: nobody's text may do that. */
const CASE_WITHIN_MS = 1_000;

/** A text that holds a process up does so each time. What happens to fall into one try, as the collection of garbage, does not. */
const TRIES = 3;

export interface Target {
  /** For `--only`. */
  name: string;
  /** What must hold, as the end of a sentence. */
  promise: string;
  /** @throws where a promise is broken. */
  fuzz(count: number, seed: number): Promise<void>;
}

interface Options {
  /** Cases at once, which saves the waits of one for another. Each gets the number of its lane, from 0. @default 1 */
  lanes?: number;
  after?: () => Promise<void>;
}

export function target<T>(
  name: string,
  promise: string,
  cases: fc.Arbitrary<T>,
  check: (one: T, lane: number) => void | Promise<void>,
  { lanes = 1, after }: Options = {},
): Target {
  const groups = fc.array(cases, { minLength: lanes, maxLength: lanes });
  const property = fc.asyncProperty(groups, async (group) => {
    let tookMs = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < TRIES && tookMs > CASE_WITHIN_MS; tries++) {
      const before = process.cpuUsage();
      const ends = await Promise.allSettled(group.map(async (one, lane) => check(one, lane)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      const { user, system } = process.cpuUsage(before);
      tookMs = (user + system) / 1000;
    }
    if (tookMs > CASE_WITHIN_MS) throw new Error(`The case took ${tookMs} ms of processor time, each time`);
  });
  return {
    name,
    promise,
    async fuzz(count, seed) {
      try {
        await fc.assert(property, { seed, numRuns: Math.ceil(count / lanes) });
      } finally {
        await after?.();
      }
    },
  };
}

/** Stands in what must stay secret. Letters alone, so that no layer writes it in another way. */
export const MARK = 'sEcReTmArKoFtHeFuZzInG';

/** @throws where the text shows what must stay secret. */
export function expectSilent(where: string, ...texts: unknown[]): void {
  for (const text of texts) {
    if (typeof text === 'string' && text.toLowerCase().includes(MARK.toLowerCase())) {
      throw new Error(`A secret shows in ${where}: ${text.slice(0, 300)}`);
    }
  }
}

/** @throws where an object of everybody has got a field. */
export function expectUnpolluted(): void {
  if ('polluted' in {}) throw new Error('The prototype of all objects was changed');
}
