/**
 * SHARED: may run anywhere. Why a robot ended as it did, as far as Dataverse tells. On the wire: the result of the activity
 * `explainFlowRun`, and `explanation` in the details of a failure. Everything is optional but the summary and the log, which
 * says why it is not there: "No log, because ..." is a normal answer.
 */
import type { RunErrorCategory } from './error-codes';
import type { LicenseCheck } from './license-check';
import type { PortalLinks } from './portal-links';
import type { FlowRunStatus } from './status';

/** Bytes of JSON: an explanation travels in a failure, and stays in a history. */
export const MAX_EXPLANATION_BYTES = 16 * 1024;

export const MAX_SUMMARY_LENGTH = 1000;

export interface FlowRunExplanation {
  /** GUID of the row in `flowsession`. */
  flowSessionId: string;
  /** What went wrong, for a person: some sentences in one line. */
  summary: string;
  statusCode?: number;
  status?: FlowRunStatus | 'Unknown';
  flow?: { flowId: string; name?: string };
  error?: ExplainedError;
  /** The last action that the log marks as failed. */
  failedAction?: LoggedAction;
  /** The last action in the log, where none is marked as failed. */
  lastAction?: LoggedAction;
  log: ActionLog;
  /** What happened in the queue, where Dataverse keeps it: it does for runs of cloud flows. The oldest first. */
  queueEvents?: QueueEvent[];
  machine?: RobotsMachine;
  timing?: RunTiming;
  /** That of the trigger, as the caller has it: Dataverse does not keep it. */
  licenseCheck?: LicenseCheck;
  links?: PortalLinks;
  /** What was there, and did not fit. */
  leftOut?: string[];
}

/** Dataverse's error columns, and what is known of the code. */
export interface ExplainedError {
  code?: string;
  /** With the code `NoCandidateMachine`: why no machine could take the robot. */
  subCode?: string;
  message?: string;
  details?: string;
  innerError?: string;
  /** What a documented code means, what to do, and whether a new run makes sense. */
  meaning?: string;
  action?: string;
  category?: RunErrorCategory;
}

/**
 * One action, as its entry in the log has it. Microsoft documents none of the fields of an entry: which of them is the name,
 * the subflow and so on is a guess by their names, and all of them are in `fields`.
 */
export interface LoggedAction {
  name?: string;
  subflow?: string;
  /** The action's number in its subflow, its line. */
  index?: number;
  status?: string;
  /** What the action says of its failure. */
  text?: string;
  startedOn?: string;
  /** As the log writes them, shortened. */
  fields: Record<string, unknown>;
}

export interface ActionLog {
  /** The file `additionalcontext` of the run, or the table `flowlog`. */
  source: 'additionalcontext' | 'flowlog' | 'none';
  /** Entries that were read. */
  actions?: number;
  /** Only the latest entries were read. */
  isPartial?: true;
  /** Why there is none: a sentence that begins with "No log, because". */
  because?: string;
}

export interface QueueEvent {
  /** Label of the choice `flowlog_type`, such as `DesktopFlowRunQueueAssignFailed`. */
  type: string;
  /** ISO 8601 in UTC. */
  on: string | null;
  data?: Record<string, unknown>;
}

export interface RobotsMachine {
  machineId?: string;
  machineGroupId?: string;
  name?: string;
  /** When it last reported, ISO 8601 in UTC. How often a machine does is not documented. */
  lastHeartbeatOn?: string;
  agentVersion?: string;
  /** Robots that it runs at one time. */
  sessions?: number;
  /** Of a hosted machine. */
  error?: string;
  /** Why no more is known. */
  because?: string;
}

export interface RunTiming {
  createdOn: string;
  startedOn: string | null;
  completedOn: string | null;
  /** In the queue of the machine. */
  queueSeconds?: number;
  /** On the machine. */
  executionSeconds?: number;
  /**
   * From where: the row's columns of durations, or its times. By times the queue may count as execution: whether `startedon`
   * is the request or the start is not documented.
   */
  basis: 'durations' | 'times';
}

/** An explanation that could not be had. */
export function unexplained(flowSessionId: string, why: string): FlowRunExplanation {
  const reason = why.replace(/\.+$/, '');
  return {
    flowSessionId,
    summary: `The run could not be explained: ${reason}`.slice(0, MAX_SUMMARY_LENGTH),
    log: {
      source: 'none',
      because: `No log, because the run could not be explained: ${reason}.`.slice(0, MAX_SUMMARY_LENGTH),
    },
  };
}
