/**
 * HOST: the key of a robot, by which it is found again. RunDesktopFlow takes no idempotency key; the callback URL is the
 * one value of the caller's that the flow session keeps and a query can ask for, and the key travels in it.
 */
import { digest } from '../../dataverse';

/** What tells a robot from every other one, in every try of its trigger. */
export interface KeySource {
  namespace: string;
  /** Of the run, or of a standalone activity: callers may use its id again. */
  run: string;
  /** The attempt of the run; without one, the id of the activity that starts the robot. */
  robot: string;
}

/** 40 hexadecimal digits, because Dataverse compares texts in any case. */
export function robotKey({ namespace, run, robot }: KeySource): string {
  return digest([namespace, run, robot]).slice(0, 40);
}

/** Whether a callback URL carries a key, of whichever robot. */
export function carriesKey(url: string | null): boolean {
  return /\b[\da-f]{40}\b/i.test(url ?? '');
}

/** Differs from the id of any activity of the TypeScript SDK, which is a number. */
export function attemptName(attempt: number): string {
  return `attempt ${attempt}`;
}
