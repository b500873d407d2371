/**
 * SHARED: may run anywhere. Names on the wire of the workflows and their messages, with their types.
 * `workflows/support/messages.ts` turns them into the definitions that the Temporal SDK needs.
 */
import type { FlowRunStatus } from './status';

/** Task queue of the worker, unless TEMPORAL_TASK_QUEUE says otherwise. */
export const DEFAULT_TASK_QUEUE = 'power-automate';

export const RUN_DESKTOP_FLOW = 'RunDesktopFlow';

export const RUN_DESKTOP_FLOWS = 'RunDesktopFlows';

/** Signal: the robot of this flow session may have ended, so look now. Only a hint: the look decides. */
export const DESKTOP_FLOW_COMPLETED = 'desktopFlowCompleted';

/** Query: the current state of the run. */
export const DESKTOP_FLOW_RUN = 'desktopFlowRun';

/** Update: returns as soon as a robot has been started. */
export const AWAIT_FLOW_SESSION = 'awaitFlowSession';

/** Query: the progress of the batch. */
export const DESKTOP_FLOW_BATCH = 'desktopFlowBatch';

export interface FlowSessionReference {
  /** GUID, in any case. */
  flowSessionId: string;
}

/** What a run is doing. */
export type RunPhase = 'triggering' | 'waiting' | 'backingOff' | 'fetchingOutputs' | 'stopping' | 'finished';

export interface DesktopFlowRunView {
  phase: RunPhase;
  /** Flow session of the current attempt; null until its robot has been started. */
  flowSessionId: string | null;
  /** As Dataverse last reported it; null until then. */
  statusCode: number | null;
  status: FlowRunStatus | 'Unknown' | null;
  /** Counted from 1. */
  attempt: number;
  /** ISO 8601 in UTC; null while no look is planned. */
  nextPollAt: string | null;
  /** Since when the robot runs: ISO 8601, as Dataverse wrote it; null until then. Workers before 0.4.0 do not tell. */
  startedOn?: string | null;
  /** Looks of the run itself at this robot; those that are shared between runs are not counted. Likewise. */
  looks?: number;
}

/** `stopping`: the batch starts no more items and waits for those under way. */
export type BatchPhase = 'running' | 'stopping' | 'finished';

export interface DesktopFlowBatchView {
  phase: BatchPhase;
  /** Total number of items; null until the batch has read the last page. */
  total: number | null;
  started: number;
  /** Workflows that are under way. */
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}
