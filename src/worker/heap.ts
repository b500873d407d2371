/** HOST: how much garbage the heaps of the worker process may gather: by itself V8 lets them grow to more than twice what lives. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Of the flags of V8, which hold for all threads of the process. Call it before the workers are created: the young
 * generation of a thread that runs already stays as it is.
 */
const FLAGS = [
  // MiB, of three that the young generation of a thread has; 16 by default.
  '--max-semi-space-size=8',
  // Per cent, above what lived after the last collection.
  '--heap-growing-percent=40',
  // For what the numbers above do not count, see `common/garbage.ts`. All contexts that are made from now on have it.
  '--expose-gc',
];

export function keepHeapsSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
  globalThis.gc ??= runInNewContext('gc');
}
