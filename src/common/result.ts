/** SHARED: may run anywhere. The result of a run of `RunDesktopFlow`. On the wire. */
import type { RunErrorCategory } from './error-codes';
import type { FlowRunExplanation } from './explanation';
import type { DataverseAnswer } from './failure-types';
import type { LicenseCheck } from './license-check';
import type { FieldProblem } from './schema/parse';
import type { FlowRunStatus } from './status';

export type { LicenseCheck } from './license-check';

/** One robot that was started. */
export interface FlowRunAttempt {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
  statusCode: number;
  status: FlowRunStatus | 'Unknown';
  /** ISO 8601 in UTC, as Dataverse wrote it; null while not set. */
  startedOn: string | null;
  completedOn: string | null;
  /** `flowsession.errorcode`, if the robot left one. */
  errorCode?: string;
  errorMessage?: string;
  /** With the code `NoCandidateMachine`: why no machine could take the robot, if Dataverse says so. */
  errorSubCode?: string;
  /** Name of its machine; only where the worker has its runs show search attributes. */
  machine?: string;
  /** The limit for which this workflow stopped it. */
  stoppedFor?: Deadline;
  /** Duplicates: robots that the same trigger also started, and that were stopped. */
  duplicates?: string[];
}

/** `queueTimeout`: time in the queue; `timeout`: the robot's own limit; `deadline`: the whole run. */
export type Deadline = 'queueTimeout' | 'timeout' | 'deadline';

/** What a result expression has made of an answer. */
export interface ExpressionResult {
  /** JSON. Absent without a `resultExpression`. */
  result?: unknown;
}

/** `Outputs`: what the desktop flow returns; each of its outputs is null where Power Automate treats it as sensitive. */
export interface RunDesktopFlowResult<Outputs = Record<string, unknown>>
  extends FlowRunAttempt,
    ExpressionResult {
  /** The outputs that the robot returned; null if it left none. */
  outputs: Outputs | null;
  /** Every robot that was started for this result, in order. */
  attempts: FlowRunAttempt[];
  /** Licence check of the last trigger. */
  licenseCheck?: LicenseCheck;
}

/** `details[0]` of every failure: the known part of the result, and what the failure adds. */
export interface RunDesktopFlowFailureDetails extends Partial<RunDesktopFlowResult> {
  attempts: FlowRunAttempt[];
  /** What ended the run: the robot's own status, or this workflow, because it lost sight of Dataverse. */
  origin?: 'desktopFlow' | 'orchestrator';
  /** The try of the trigger that failed in this way may have started a robot. */
  inDoubt?: boolean;
  /** Nothing was sent: the connection had all its starts of the minute. Only of a try, which comes again. */
  awaitsTurn?: boolean;
  /** The limit that passed, with `DesktopFlowTimedOut` of the origin `orchestrator`. */
  deadline?: Deadline;
  /** Category of `errorCode`: whether a new robot makes sense. Absent for an undocumented code. */
  errorCategory?: RunErrorCategory;
  /** Every wrong field, with `InvalidInput`. */
  problems?: FieldProblem[];
  /** Why the robot ended so, with `explainFailures`. */
  explanation?: FlowRunExplanation;
  /** The answer of Dataverse, if an answer made the run fail. */
  dataverse?: DataverseAnswer;
  /** Size in bytes of outputs that were too large, if known. */
  outputsSize?: number;
}
