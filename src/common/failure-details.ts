/** SHARED: may run anywhere. Reads failures: whether Dataverse refused, and what the details say. */
import * as types from './failure-types';
import type { RunDesktopFlowFailureDetails } from './result';

/** Types of the failures with which Dataverse, or its token endpoint, refuses a request for good. */
export const DATAVERSE_REFUSALS: readonly string[] = [
  types.DATAVERSE_UNAUTHORIZED,
  types.DATAVERSE_FORBIDDEN,
  types.DATAVERSE_NOT_FOUND,
  types.DATAVERSE_BAD_REQUEST,
];

/** Returns `details[0]` of a failure; an empty object if it has none. */
export function detailsOf(failure: unknown): Partial<RunDesktopFlowFailureDetails> {
  const { details } = (failure ?? {}) as { details?: unknown[] | null };
  return (details?.[0] ?? {}) as Partial<RunDesktopFlowFailureDetails>;
}
