/**
 * SHARED: may run anywhere. What goes into the activities and what comes out of them. On the wire.
 */
import type { Backoff } from './backoff';
import type { CollectFlowRunsInput, CollectFlowRunsResult } from './batch-result';
import type { FlowRunAttempt, LicenseCheck } from './result';
import type { Authentication } from './schema/fields';

/** Which organization, and as whom. What is left out is the worker's own. */
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
  /** Where it cannot be told whether a robot was started. 'startAgain' may start a second one. @default 'fail' */
  onUnknownOutcome?: 'fail' | 'startAgain';
  /** Hands the robot to a watcher, which sends the calling workflow the signal `desktopFlowEnded`. @default none */
  watch?: Backoff;
}

/** Whether somebody else than its run watches the robot. */
export interface WatchedResult {
  /** Workflow id of its watcher; absent where the run has to look by itself. */
  watcher?: string;
}

export interface TriggerFlowRunResult extends WatchedResult {
  flowSessionId: string;
  /** Absent where the answer was lost, and the robot found by looking for it. */
  licenseCheck?: LicenseCheck;
  /** Robots that the same trigger has started too, and that were stopped. */
  duplicates?: string[];
}

/** A trigger of the calling workflow that got no answer. */
export interface FindFlowRunInput extends TriggerFlowRunInput {
  /** Of the activity `triggerFlowRun`, as its `ActivityFailure` tells it. */
  activityId: string;
  /** When that activity was scheduled, epoch milliseconds. */
  scheduledAt: number;
  /** When that activity was given up, epoch milliseconds. */
  inDoubtSince: number;
}

export interface FindFlowRunResult extends WatchedResult {
  /** Null where no robot was or will be started; with `onUnknownOutcome: 'startAgain'` also where that is unclear. */
  flowSessionId: string | null;
  /** Robots that the same trigger has started too, and that were stopped. */
  duplicates?: string[];
}

export interface FlowSessionInput extends DataverseTarget {
  flowSessionId: string;
}

export interface GetFlowRunStatusInput extends FlowSessionInput {
  /** Hands a robot that goes on to a watcher, as `triggerFlowRun` does. @default none */
  watch?: Backoff;
}

export interface GetFlowRunStatusResult extends FlowRunAttempt, WatchedResult {}

export interface GetFlowOutputsResult {
  /** Null where the run left none. */
  outputs: Record<string, unknown> | null;
}

/** The operations on Dataverse as Temporal activities. */
export interface FlowRunActivities {
  triggerFlowRun(input: TriggerFlowRunInput): Promise<TriggerFlowRunResult>;
  /** Finds the robot of a trigger that was given up while its outcome was in doubt. Starts nothing. */
  findFlowRun(input: FindFlowRunInput): Promise<FindFlowRunResult>;
  getFlowRunStatus(input: GetFlowRunStatusInput): Promise<GetFlowRunStatusResult>;
  getFlowOutputs(input: FlowSessionInput): Promise<GetFlowOutputsResult>;
  cancelFlowRun(input: FlowSessionInput): Promise<void>;
  /** Waits, for half a minute at most, until workflows of a batch have ended. */
  collectFlowRuns(input: CollectFlowRunsInput): Promise<CollectFlowRunsResult>;
}
