/** Tests that take minutes: `npm run test:long`. A shorter one of their kind is part of `npm test`. */
export const LONG = Boolean(process.env.LONG_TESTS);

export function itTakesLong(name: string, test: () => Promise<void>, timeoutMs: number): void {
  if (LONG) it(name, test, timeoutMs);
}
