/** HOST: how a command that serves until it is ended hears that it is. */
import { once } from 'node:events';

/** Call it before anything that takes time: a signal that comes earlier ends the process at once. */
export function askedToEnd(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  return Promise.race(
    signals.map(async (signal) => {
      await once(process, signal);
      return signal;
    }),
  );
}
