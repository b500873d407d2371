/** Tests that take minutes: `npm run test:long`. A shorter one of their kind is part of `npm test`. */
export const LONG = Boolean(process.env.LONG_TESTS);

/** Cases of one kind: `npm test` has those of the given numbers, counted from 0; `npm run test:long` has all. */
export function sampleOf<const T>(cases: readonly T[], ...kept: number[]): T[] {
  return cases.filter((_, number) => LONG || kept.includes(number));
}

/** Is skipped by `npm test`, and says so. */
export const itTakesLong = LONG ? it : it.skip;
