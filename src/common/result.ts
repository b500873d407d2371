/** SHARED: may run anywhere. What a run of `RunDesktopFlow` comes back with. On the wire. */
import type { RunErrorCategory } from './error-codes';
import type { DataverseAnswer } from './failure-types';
import type { FieldProblem } from './schema/problems';
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
  /** With the code `NoCandidateMachine`: why no machine could take the run, where Dataverse tells. */
  errorSubCode?: string;
  /** The limit that this workflow stopped it for. */
  stoppedFor?: Deadline;
  /** Robots that the same trigger had started too, and that were stopped. */
  duplicates?: string[];
}

/** `queueTimeout`: in the queue; `timeout`: the robot's own limit; `deadline`: the whole. */
export type Deadline = 'queueTimeout' | 'timeout' | 'deadline';

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
  /** What ended the run: the robot's own status, or this workflow, because it lost sight of Dataverse. */
  origin?: 'desktopFlow' | 'orchestrator';
  /** The attempt of the trigger that failed so may have started a robot. */
  inDoubt?: boolean;
  /** Which limit passed, with `DesktopFlowTimedOut` of the origin `orchestrator`. */
  deadline?: Deadline;
  /** Of `errorCode`: whether a new run makes sense. Absent for a code that is not documented. */
  errorCategory?: RunErrorCategory;
  /** With `InvalidInput`. */
  problems?: FieldProblem[];
  /** What Dataverse answered, where an answer made the run fail. */
  dataverse?: DataverseAnswer;
  /** Bytes of outputs that were too large, where known. */
  outputsSize?: number;
}
