/**
 * SHARED: may run anywhere. The types of the failures that a caller can get. They are on the wire:
 * callers in any language decide by these names.
 */
import type { BadEnd } from './status';

export type { FieldProblem } from './schema/parse';

/** The input is wrong. `details[0].problems` names every wrong field; nothing was sent. */
export const INVALID_INPUT = 'InvalidInput';

/** The answer to a trigger was lost: it is unknown whether a robot was started. */
export const TRIGGER_OUTCOME_UNKNOWN = 'TriggerOutcomeUnknown';

/** The robot succeeded, but its outputs are not a JSON object. */
export const OUTPUTS_UNREADABLE = 'OutputsUnreadable';

/** The robot succeeded, but its outputs are too large for a Temporal payload. */
export const OUTPUTS_TOO_LARGE = 'OutputsTooLarge';

/** All succeeded but the result expression, which gave no value. `details[0]` has the result without it. */
export const RESULT_EXPRESSION_FAILED = 'ResultExpressionFailed';

/** Dataverse refused the request for good. */
export const DATAVERSE_UNAUTHORIZED = 'DataverseUnauthorized';
export const DATAVERSE_FORBIDDEN = 'DataverseForbidden';
export const DATAVERSE_NOT_FOUND = 'DataverseNotFound';
export const DATAVERSE_BAD_REQUEST = 'DataverseBadRequest';

/** A temporary problem: an activity that fails with one of these is retried. A workflow does not end with them. */
export const DATAVERSE_THROTTLED = 'DataverseThrottled';
export const DATAVERSE_UNAVAILABLE = 'DataverseUnavailable';

/** Where large payloads are kept is out of reach: passes. A workflow does not end with it. */
export const EXTERNAL_STORAGE_UNAVAILABLE = 'ExternalStorageUnavailable';

/** A large payload is no longer where it was kept, or is no longer what it was. */
export const EXTERNAL_PAYLOAD_LOST = 'ExternalPayloadLost';

/** The batch ended early: too many of its items failed, or one of the caller's activities did. */
export const DESKTOP_FLOW_BATCH_FAILED = 'DesktopFlowBatchFailed';

/** Types for an item of a batch whose workflow did not end by itself. */
export const WORKFLOW_ALREADY_STARTED = 'WorkflowAlreadyStarted';
export const WORKFLOW_TERMINATED = 'WorkflowTerminated';
export const WORKFLOW_TIMED_OUT = 'WorkflowTimedOut';
export const WORKFLOW_NOT_FOUND = 'WorkflowNotFound';
export const WORKFLOW_FAILED = 'WorkflowFailed';

/** Returns the failure type of a run whose robot ended badly, such as `DesktopFlowFaulted`. */
export function desktopFlowFailureType(end: BadEnd): `DesktopFlow${BadEnd}` {
  return `DesktopFlow${end}`;
}

/** The answer with which Dataverse refused a request. Part of `details[0]`. */
export interface DataverseAnswer {
  /** HTTP status; absent if no answer came. */
  httpStatus?: number;
  /** Dataverse's own code, such as `0x80040220`. */
  code?: string;
  /** Dataverse's own text. */
  message?: string;
  /** For Microsoft's support. */
  requestId?: string;
  /** For how long it asked us to wait, in milliseconds. */
  retryAfterMs?: number;
}

/** Every type that a run of `RunDesktopFlow` can end with. */
export type FailureType =
  | typeof INVALID_INPUT
  | typeof TRIGGER_OUTCOME_UNKNOWN
  | typeof OUTPUTS_UNREADABLE
  | typeof OUTPUTS_TOO_LARGE
  | typeof RESULT_EXPRESSION_FAILED
  | typeof EXTERNAL_PAYLOAD_LOST
  | typeof DATAVERSE_UNAUTHORIZED
  | typeof DATAVERSE_FORBIDDEN
  | typeof DATAVERSE_NOT_FOUND
  | typeof DATAVERSE_BAD_REQUEST
  | `DesktopFlow${BadEnd}`;
