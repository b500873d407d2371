/** HOST, development only: the ways in which a run gets to know that its robot has ended. Data: a new way is a new row. */

export interface Poll {
  /** Intervals in milliseconds, as in the input of `RunDesktopFlow`. */
  initialInterval: number;
  maximumInterval: number;
  backoffCoefficient: number;
  shared: boolean;
  fallbackInterval: number;
}

export interface Mode {
  name: 'own' | 'shared' | 'callback';
  title: string;
  /** Whether the worker receives callbacks. */
  callbacks: boolean;
  /** Where a scenario says nothing else. */
  poll: Omit<Poll, 'fallbackInterval'>;
  /** Whether `every` of a scenario changes the intervals: a fallback stays what it is. */
  isPolled: boolean;
  /** By which its intervals can be divided. @default any number */
  largestDivisor?: number;
}

/** The package's default. */
const FALLBACK_MS = 3_600_000;

export const MODES: Record<Mode['name'], Mode> = {
  own: {
    name: 'own',
    title: 'own polling, the defaults (5 s, growing to 60 s)',
    callbacks: false,
    poll: { initialInterval: 5_000, maximumInterval: 60_000, backoffCoefficient: 1.5, shared: false },
    isPolled: true,
  },
  shared: {
    name: 'shared',
    title: 'shared polling, every 5 s',
    callbacks: false,
    poll: { initialInterval: 5_000, maximumInterval: 5_000, backoffCoefficient: 1, shared: true },
    isPolled: true,
    // Shared looks are at least a second apart.
    largestDivisor: 5,
  },
  callback: {
    name: 'callback',
    title: 'callbacks, with a look every 60 s as fallback',
    callbacks: true,
    poll: { initialInterval: 60_000, maximumInterval: 60_000, backoffCoefficient: 1, shared: false },
    isPolled: false,
  },
};

export interface PollOptions {
  /** Milliseconds between two looks, in place of the mode's own intervals. */
  everyMs?: number;
  /** By which all intervals are divided. @default 1 */
  divisor?: number;
}

/** `poll` of an input, complete: a mode does not depend on the package's defaults. */
export function pollOf({ poll, isPolled }: Mode, { everyMs, divisor = 1 }: PollOptions = {}): Poll {
  const { shared, ...intervals } = poll;
  const chosen =
    everyMs !== undefined && isPolled
      ? { initialInterval: everyMs, maximumInterval: everyMs, backoffCoefficient: 1 }
      : intervals;
  return {
    ...chosen,
    initialInterval: chosen.initialInterval / divisor,
    maximumInterval: chosen.maximumInterval / divisor,
    fallbackInterval: FALLBACK_MS / divisor,
    shared,
  };
}
