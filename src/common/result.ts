/** SHARED: may run anywhere. What a run of `RunDesktopFlow` comes back with. On the wire. */
import type { DataverseAnswer, FieldProblem } from './failures';
import type { FlowRunStatus } from './status';

/** Dataverse's licence check of a trigger. A failed one comes with a run that may well start. */
export interface LicenseCheck {
  /** `ValidLicenseCoverage` when all is well. Decide on this, never on the text. */
  code: string;
  message?: string;
}

/** One robot that was started. */
export interface FlowRunAttempt {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
  statusCode: number;
  status: FlowRunStatus | 'Unknown';
  /** ISO 8601 in UTC, as Dataverse wrote it; null while not set. */
  startedOn: string | null;
  completedOn: string | null;
  /** `flowsession.errorcode`, where the run left one. */
  errorCode?: string;
  errorMessage?: string;
}

export interface RunDesktopFlowResult extends FlowRunAttempt {
  /** What the robot returned; null where it left none. */
  outputs: Record<string, unknown> | null;
  /** Every robot that was started for this result, the last one last. */
  attempts: FlowRunAttempt[];
  /** Of the last trigger. */
  licenseCheck?: LicenseCheck;
}

/** `details[0]` of every failure: what is known of the result, and what the failure adds. */
export interface RunDesktopFlowFailureDetails extends Partial<RunDesktopFlowResult> {
  attempts: FlowRunAttempt[];
  /** Who says that the run ended: the robot's own status, or this workflow, that lost sight of Dataverse. */
  origin?: 'desktopFlow' | 'orchestrator';
  /** With `InvalidInput`. */
  problems?: FieldProblem[];
  /** What Dataverse answered, where an answer made the run fail. */
  dataverse?: DataverseAnswer;
  /** Bytes of outputs that were too large, where known. */
  outputsSize?: number;
}
