/** HOST: signals many runs, some at once. */

/** Runs signalled at once. */
export const AT_ONCE = 50;

/** Returns the items for which the work succeeded; the others come again with the next look. */
export async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<T[]> {
  const done: T[] = [];
  const rest = items.values();
  const oneByOne = async () => {
    for (const item of rest) {
      const isDone = await work(item).then(
        () => true,
        () => false,
      );
      if (isDone) done.push(item);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
  return done;
}
