/**
 * SHARED: may run anywhere. What goes into the activities and what comes out of them. On the wire.
 */
import type { Backoff } from './backoff';
import type { CollectFlowRunsInput, CollectFlowRunsResult, FindStartedFlowRunsResult } from './batch-result';
import type { FlowRunExplanation } from './explanation';
import type { LicenseCheck } from './license-check';
import type { PortalLinks } from './portal-links';
import type { ExpressionResult, FlowRunAttempt, RunDesktopFlowResult } from './result';
import type { Authentication } from './schema/fields';

/** The organization and the credentials for it. A field that is left out means the worker's own. */
export interface DataverseTarget {
  organizationUri?: string;
  authentication?: Authentication;
}

export interface TriggerFlowRunInput extends DataverseTarget {
  flowId: string;
  connectionName: string;
  /** @default 'connection' */
  connectionType?: 'connection' | 'connectionReference';
  runMode: 'attended' | 'unattended';
  /** @default 'normal' */
  runPriority?: string;
  /** Object, or its JSON text; at most `MAX_INPUTS_BYTES` as UTF-8. */
  inputs?: Record<string, unknown> | string;
  callbackUrl?: string;
  /** Whole seconds, 1 to 86,400. @default Dataverse's, 3 hours */
  timeout?: number;
  /** What to do if it is unknown whether a robot was started. 'startAgain' may start a second one. @default 'fail' */
  onUnknownOutcome?: 'fail' | 'startAgain';
  /**
   * Compares `inputs` with the flow's schema before a robot is started: one that is missing and has no default, misspelt or
   * of another type is `InvalidInput`. @default false
   */
  checkInputs?: boolean;
  /** Of the flow's schemas as the caller knows them; others are `InvalidInput`. `desktop-flow codegen` writes it. @default any */
  schemaFingerprint?: string;
  /** An expression in FEEL, which makes `result` of what is answered: see docs/feel.md. @default none */
  resultExpression?: string;
  /** Hands the robot to a watcher, which sends the calling workflow the signal `desktopFlowEnded`. @default none */
  watch?: Backoff;
  /**
   * 'workflow': the inputs are `inputs` of the calling workflow's first argument. `RunDesktopFlow` says so when it
   * triggers again, because large inputs would be in its history once more each time. @default those given here
   */
  inputsFrom?: 'workflow';
}

/** What a run that was reset does about the robots that it had started before. */
export type OnReset = 'adopt' | 'startAgain';

/**
 * Names the robot of one attempt, whatever becomes of the execution: a reset and continue-as-new give a run a new run id.
 * A separate argument, because a worker of an older version does not know it, and must go on.
 */
export interface RobotIdentity {
  /** Of the run: `originalExecutionRunId` of its first execution. */
  run: string;
  /** Counted from 1. */
  attempt: number;
  /** `originalExecutionRunId` of the calling execution; if it is not its run id, the execution was reset. */
  execution: string;
  /** An earlier execution of the run was reset, so this robot may have been started before. @default false */
  isRepeated?: boolean;
  /** @default 'adopt' */
  onReset?: OnReset;
  /** When the run asked for the robot first, epoch milliseconds, if it was told to come again. @default now */
  askedAt?: number;
}

/** Where a person sees the robot. */
export interface LinkedResult {
  /** Absent where the environment of the organization cannot be told. */
  links?: PortalLinks;
}

/** What is wanted besides the status. A separate argument, for workers of older versions. */
export interface StatusExtras {
  /** @default false */
  links?: boolean;
}

/** Whether somebody else than its run watches the robot. */
export interface WatchedResult {
  /** Workflow id of its watcher; absent where the run has to look by itself. */
  watcher?: string;
}

export interface TriggerFlowRunResult extends WatchedResult, LinkedResult, ExpressionResult {
  flowSessionId: string;
  /** Absent if the answer was lost and the robot was found by a search. */
  licenseCheck?: LicenseCheck;
  /** Duplicates: robots that the same trigger also started, and that were stopped. */
  duplicates?: string[];
  /** The worker wants its runs to show search attributes, and the namespace has them. */
  searchAttributes?: true;
}

/** A trigger of the calling workflow that got no answer. */
export interface FindFlowRunInput extends Omit<TriggerFlowRunInput, 'resultExpression'> {
  /** Activity id of that `triggerFlowRun`, from its `ActivityFailure`. */
  activityId: string;
  /** When that activity was scheduled, epoch milliseconds. */
  scheduledAt: number;
  /** When the run gave up on that activity, epoch milliseconds; 0 if it was cancelled before it sent anything. */
  inDoubtSince: number;
}

export interface FindFlowRunResult extends WatchedResult, LinkedResult {
  /** Null where no robot was or will be started; with `onUnknownOutcome: 'startAgain'` also where that is unclear. */
  flowSessionId: string | null;
  /** Duplicates: robots that the same trigger also started, and that were stopped. */
  duplicates?: string[];
  /** As in the result of `triggerFlowRun`. */
  searchAttributes?: true;
}

export interface FlowSessionInput extends DataverseTarget {
  flowSessionId: string;
}

export interface ExplainFlowRunInput extends FlowSessionInput {
  /** That of the trigger, if the caller has it: Dataverse does not keep it. */
  licenseCheck?: LicenseCheck;
  /** Names of secrets of the worker in the robot's inputs: their values are cut out of what the log tells. @default none */
  secrets?: string[];
}

export interface GetFlowRunStatusInput extends FlowSessionInput {
  /** An expression in FEEL, which makes `result` of what is answered: see docs/feel.md. @default none */
  resultExpression?: string;
  /** Hands a robot that has not ended to a watcher, as `triggerFlowRun` does. @default none */
  watch?: Backoff;
}

export interface GetFlowRunStatusResult
  extends FlowRunAttempt,
    WatchedResult,
    LinkedResult,
    ExpressionResult {}

/** Input of `getFlowOutputs`: whose outputs are fetched. A robot that left none is no error. */
export interface GetFlowOutputsInput extends FlowSessionInput {
  /** An expression in FEEL, which makes `result` of what is answered: see docs/feel.md. @default none */
  resultExpression?: string;
}

export interface GetFlowOutputsResult extends ExpressionResult {
  /** Null if the robot left no outputs. */
  outputs: Record<string, unknown> | null;
}

/** Input of `checkResultExpression`, which fails with `InvalidInput` where the expression certainly has no value. */
export interface CheckResultExpressionInput {
  /** In FEEL, 1 to 10,000 characters: see docs/feel.md. */
  resultExpression: string;
}

/** Input of `evaluateResultExpression`, which fails with `ResultExpressionFailed` where the expression gives no value. */
export interface EvaluateResultExpressionInput {
  /** In FEEL, 1 to 10,000 characters, as `checkResultExpression` has taken it. */
  resultExpression: string;
  /** The result without `result`: what the expression sees as `run`, its `outputs` as `response.body`. */
  run: RunDesktopFlowResult;
}

/** The operations on Dataverse as Temporal activities. */
export interface FlowRunActivities {
  /** @param identity @default the calling execution and the id of the activity */
  triggerFlowRun(input: TriggerFlowRunInput, identity?: RobotIdentity): Promise<TriggerFlowRunResult>;
  /**
   * Finds the robot of a trigger that ended while its outcome was in doubt. Starts nothing.
   * @param identity that of the trigger
   */
  findFlowRun(input: FindFlowRunInput, identity?: RobotIdentity): Promise<FindFlowRunResult>;
  getFlowRunStatus(input: GetFlowRunStatusInput, extras?: StatusExtras): Promise<GetFlowRunStatusResult>;
  getFlowOutputs(input: GetFlowOutputsInput): Promise<GetFlowOutputsResult>;
  cancelFlowRun(input: FlowSessionInput): Promise<void>;
  /** Refuses an expression that a run could not evaluate at its end. */
  checkResultExpression(input: CheckResultExpressionInput): Promise<void>;
  evaluateResultExpression(input: EvaluateResultExpressionInput): Promise<Required<ExpressionResult>>;
  /** Gathers why a robot ended as it did. That something cannot be told is part of the answer. */
  explainFlowRun(input: ExplainFlowRunInput): Promise<FlowRunExplanation>;
  /** Tells which items of a batch have a workflow that an earlier execution of the batch has started. */
  findStartedFlowRuns(input: CollectFlowRunsInput): Promise<FindStartedFlowRunsResult>;
  /** Waits, for half a minute at most, until workflows of a batch have ended. */
  collectFlowRuns(input: CollectFlowRunsInput): Promise<CollectFlowRunsResult>;
}
