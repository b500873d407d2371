/** HOST: what a check of the set-up is, and what it may find. */
import type { CheckId, FindingCode } from './codes';
import type { Setup } from './setup';

/** Something that is wrong, for those who have to mend it. */
export interface Finding {
  /** Names the fault for scripts. */
  code: FindingCode;
  /** What is wrong, in a sentence. */
  what: string;
  /** How it shows, or what follows from it. */
  why: string;
  whatToDo: string;
  /** A page of a portal, a variable, a command. */
  where: string;
  /** Whether `--fix` can mend it, without anything lost. @default false */
  isFixable?: boolean;
}

export type Result =
  | { status: 'passed' | 'fixed'; detail: string }
  | { status: 'found'; findings: readonly Finding[] }
  /** Nothing is known to be wrong, but the answer cannot be had. */
  | { status: 'untold'; detail: string }
  /** A check that it builds on has found something. */
  | { status: 'skipped'; detail: string };

/**
 * What is wrong when a check finds something: `configuration`, a variable; `reach`, a server that does not answer; `setup`,
 * anything else.
 */
export type Kind = 'configuration' | 'reach' | 'setup';

export interface Check {
  id: CheckId;
  group: string;
  /** What holds where it passes, such as "Temporal can be reached". */
  title: string;
  /** @default 'setup' */
  kind?: Kind;
  /** Checks without which this one makes no sense; they stand before it in the list. @default none */
  needs?: readonly CheckId[];
  /** @default always */
  applies?(setup: Setup): boolean;
  run(setup: Setup): Promise<Result> | Result;
  /** Mends what is fixable and says what it did. */
  fix?(setup: Setup): Promise<string>;
}

export function passed(detail: string): Result {
  return { status: 'passed', detail };
}

export function found(...findings: readonly Finding[]): Result {
  return { status: 'found', findings };
}

export function untold(detail: string): Result {
  return { status: 'untold', detail };
}
