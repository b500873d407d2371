/** Tests that take minutes: `npm run test:long`. A shorter one of their kind is part of `npm test`. */
export const LONG = Boolean(process.env.LONG_TESTS);

/** Cases of one kind: `npm test` has those of the given numbers, counted from 0; `npm run test:long` has all. */
export function sampleOf<T>(cases: readonly T[], ...kept: number[]): T[] {
  return cases.filter((_, number) => LONG || kept.includes(number));
}

export function itTakesLong(name: string, test: () => Promise<void>, timeoutMs: number): void {
  if (LONG) it(name, test, timeoutMs);
}
