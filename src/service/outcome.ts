/** SHARED: how a run ended, as a value: every end that a service can decide by, without an exception. */
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import type { FailureType } from '../common/failure-types';
import type { RunDesktopFlowFailureDetails, RunDesktopFlowResult } from '../common/result';

/** `Outputs` as for `RunDesktopFlowResult`. */
export type DesktopFlowOutcome<Outputs = Record<string, unknown>> =
  | { kind: 'succeeded'; result: RunDesktopFlowResult<Outputs> }
  | {
      kind: 'failed';
      /** What happened, such as `DesktopFlowFaulted` or `TriggerOutcomeUnknown`: `docs/errors.md` has the list. */
      type: FailureType;
      message: string;
      details: RunDesktopFlowFailureDetails;
    }
  /** Its robot was stopped, unless the input says something else. */
  | { kind: 'cancelled' }
  /** Its robot may still be working: nobody could stop it. */
  | { kind: 'terminated' | 'timedOut'; message: string };

const NOTHING_KNOWN: RunDesktopFlowFailureDetails = { attempts: [] };

/**
 * Returns the outcome that an error of `WorkflowHandle.result()` tells of.
 * @throws the error itself, where it tells of no end: Temporal was out of reach, or knows no such workflow.
 */
export function outcomeOf(error: unknown): Exclude<DesktopFlowOutcome, { kind: 'succeeded' }> {
  const { cause } = (error ?? {}) as { cause?: unknown };
  if (cause instanceof ApplicationFailure) {
    const [details = NOTHING_KNOWN] = (cause.details ?? []) as RunDesktopFlowFailureDetails[];
    return { kind: 'failed', type: cause.type as FailureType, message: cause.message, details };
  }
  if (cause instanceof CancelledFailure) return { kind: 'cancelled' };
  if (cause instanceof TerminatedFailure) return { kind: 'terminated', message: cause.message };
  if (cause instanceof TimeoutFailure) return { kind: 'timedOut', message: cause.message };
  throw error;
}
