/** SHARED: may run anywhere. How often a run looks at the status, and when a new robot follows one that ended. */
import type { Duration } from '@temporalio/common';
import * as z from 'zod/mini';
import { duration, must, nonEmpty, numberBetween, wholeNumber, withFacts } from './schema/fields';
import { BAD_ENDS, type BadEnd } from './status';

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;

/** How often the caller wants a look at the status. */
export interface PollOptions {
  /** Before the first look, 10 ms to 1 day. Shared looks are at least 1 s apart. @default '1s' for shared looks, '5s' for a run's own */
  initialInterval?: Duration;
  /** @default '5s' for shared looks, '60s' for a run's own */
  maximumInterval?: Duration;
  /** Factor by which the interval grows from look to look. @default 1.5 */
  backoffCoefficient?: number;
  /** Whether one look may serve many runs, if the worker offers that. False: the run looks by itself. @default true */
  shared?: boolean;
  /** How long a run waits for news from shared looks before it looks by itself, 10 ms to 1 day. @default '1h' */
  fallbackInterval?: Duration;
}

/** When a new robot follows one that ended badly. */
export interface FlowRunRetryOptions {
  /** Total number of robots, including the first: 1 to 100. @default 3 */
  maximumAttempts?: number;
  /** Wait before the second robot, 1 ms to 7 days. @default '30s' */
  initialInterval?: Duration;
  /** @default '10m' */
  maximumInterval?: Duration;
  /** @default 2 */
  backoffCoefficient?: number;
  /** Ends after which the run starts a new robot. @default ['Faulted', 'TimedOut'] */
  statuses?: BadEnd[];
  /**
   * Error codes after which a new robot follows one that ended as Failed: at most 100 codes of up to 200
   * characters. @default the codes of `error-codes.ts` that mean that nothing was executed
   */
  errorCodes?: string[];
}

/** Intervals in milliseconds. */
export interface Backoff {
  initialInterval: number;
  maximumInterval: number;
  backoffCoefficient: number;
}

/** Returns the wait before the next try, in milliseconds, after `tries` tries. */
export function backoffMs(backoff: Backoff, tries: number): number {
  const grown = backoff.initialInterval * backoff.backoffCoefficient ** tries;
  return Math.min(grown, backoff.maximumInterval);
}

function intervalFields(longestMs: number, shortestMs: number) {
  return {
    initialInterval: z.optional(duration(shortestMs, longestMs)),
    maximumInterval: z.optional(duration(shortestMs, longestMs)),
  };
}

const MAX_ERROR_CODES = 100;
const MAX_ERROR_CODE_LENGTH = 200;

/** Checked before the items, because a failure would have to name each wrong one. */
function isShortList(value: unknown): boolean {
  return Array.isArray(value) && value.length <= BAD_ENDS.length;
}

interface Intervals {
  initialInterval?: number | undefined;
  maximumInterval?: number | undefined;
}

/** Rejects a maximum below the initial interval: it is a slip if the caller wrote both. A default gives way. */
function intervalsInOrder(payload: z.core.ParsePayload<Intervals>): void {
  const { initialInterval = 0, maximumInterval = Number.POSITIVE_INFINITY } = payload.value;
  if (initialInterval <= maximumInterval) return;
  payload.issues.push({
    code: 'custom',
    path: ['maximumInterval'],
    message: 'must not be shorter than initialInterval',
    input: undefined,
  });
}

function fillIntervals<T extends Intervals>(options: T, initialMs: number, maximumMs: number): T & Backoff {
  const { initialInterval, maximumInterval } = options;
  return {
    ...options,
    initialInterval: initialInterval ?? Math.min(initialMs, maximumInterval ?? initialMs),
    maximumInterval: maximumInterval ?? Math.max(maximumMs, initialInterval ?? maximumMs),
  } as T & Backoff;
}

const poll = z.pipe(
  z
    .strictObject(
      {
        ...intervalFields(DAY_MS, 10),
        backoffCoefficient: z._default(numberBetween(1, 100), 1.5),
        shared: z._default(z.boolean(must('must be true or false')), true),
        fallbackInterval: z._default(duration(10, DAY_MS), 3600 * SECOND_MS),
      },
      must('must be an object'),
    )
    .check(intervalsInOrder),
  z.transform((options) => ({
    ...fillIntervals(options, 5 * SECOND_MS, 60 * SECOND_MS),
    watch: watchOf(fillIntervals(options, SECOND_MS, 5 * SECOND_MS)),
  })),
);

/** A look of a run's own costs two actions that Temporal Cloud bills, and a shared one none: so it may come more often. */
function watchOf({ initialInterval, maximumInterval, backoffCoefficient }: Backoff): Backoff {
  return { initialInterval, maximumInterval, backoffCoefficient };
}

const retry = z.pipe(
  z
    .strictObject(
      {
        ...intervalFields(7 * DAY_MS, 1),
        maximumAttempts: z._default(wholeNumber(1, 100), 3),
        backoffCoefficient: z._default(numberBetween(1, 100), 2),
        statuses: z._default(
          z.pipe(
            withFacts(z.custom<BadEnd[]>(isShortList, must(`must be a list of at most ${BAD_ENDS.length}`)), {
              type: 'array',
              maxItems: BAD_ENDS.length,
              items: { type: 'string', enum: BAD_ENDS },
            }),
            z.array(z.enum(BAD_ENDS, must(`must be one of ${BAD_ENDS.join(', ')}`))),
          ),
          ['Faulted', 'TimedOut'],
        ),
        errorCodes: z.optional(
          z.pipe(
            withFacts(
              z.custom<string[]>(
                (value) => Array.isArray(value) && value.length <= MAX_ERROR_CODES,
                must(`must be a list of at most ${MAX_ERROR_CODES}`),
              ),
              {
                type: 'array',
                maxItems: MAX_ERROR_CODES,
                items: { type: 'string', minLength: 1, maxLength: MAX_ERROR_CODE_LENGTH },
              },
            ),
            z.array(nonEmpty(MAX_ERROR_CODE_LENGTH)),
          ),
        ),
      },
      must('must be an object'),
    )
    .check(intervalsInOrder),
  z.transform((options) => fillIntervals(options, 30 * SECOND_MS, 600 * SECOND_MS)),
);

const SHORTEST_POLL_MS = 10;
const MAX_COEFFICIENT = 100;

/** Checks that a watcher can look at these intervals: the rule of the schema `watch`, cheap enough for each robot. */
export function isWatchInterval(value: unknown): value is Backoff {
  const { initialInterval, maximumInterval, backoffCoefficient } = (value ?? {}) as Record<string, unknown>;
  return (
    isBetween(initialInterval, SHORTEST_POLL_MS, DAY_MS) &&
    isBetween(maximumInterval, SHORTEST_POLL_MS, DAY_MS) &&
    isBetween(backoffCoefficient, 1, MAX_COEFFICIENT)
  );
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

/** The part of `poll` that a watcher needs. */
const watch = z.strictObject(
  {
    initialInterval: numberBetween(SHORTEST_POLL_MS, DAY_MS),
    maximumInterval: numberBetween(SHORTEST_POLL_MS, DAY_MS),
    backoffCoefficient: numberBetween(1, MAX_COEFFICIENT),
  },
  must('must be {initialInterval, maximumInterval, backoffCoefficient}, in milliseconds'),
);

/** Returns the schemas. A function, for the reason given in `fields.ts`. */
export function backoffFields() {
  return { poll, retry, watch };
}
