/**
 * SHARED: may run anywhere. Large payloads are there several times while they are made: as text, as bytes, as a value. V8 counts
 * little of that, and lets hundreds of MiB gather before it collects. The worker process offers `gc` (`worker/heap.ts`), to
 * workflows too, who notice nothing of it; elsewhere nothing happens.
 */

/** Much beside heaps of some 50 MiB, and rare: a collection takes as long as a request. */
const COLLECTED_FROM_BYTES = 4 * 1024 * 1024;

/** @param bytes of what was just made, or characters of a text: as many at least. What it was made of is of no more use. */
export function collectGarbage(bytes: number): void {
  if (bytes >= COLLECTED_FROM_BYTES) (globalThis as { gc?: () => void }).gc?.();
}
