/** Tests that take minutes: `npm run test:long`. A shorter one of their kind is part of `npm test`. */
export function itTakesLong(name: string, test: () => Promise<void>, timeoutMs: number): void {
  if (process.env.LONG_TESTS) it(name, test, timeoutMs);
}
