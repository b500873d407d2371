/** HOST, development only: waiting for a condition, and doing much at once but not all of it. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function until(
  condition: () => Promise<boolean>,
  { everyMs = 250, withinMs, what }: { everyMs?: number; withinMs: number; what: string },
): Promise<void> {
  const latest = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > latest) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
    await sleep(everyMs);
  }
}

/** Results in the order of the items, with at most `limit` under way. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
