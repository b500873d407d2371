/**
 * SHARED: may run anywhere. Names on the wire of the workflow and its messages, with their types.
 * Definitions that the Temporal SDK wants are made of these in `workflows/messages.ts`.
 */
import type { FlowRunStatus } from './status';

/** Task queue of the worker, unless TEMPORAL_TASK_QUEUE says otherwise. */
export const DEFAULT_TASK_QUEUE = 'power-automate';

export const RUN_DESKTOP_FLOW = 'RunDesktopFlow';

export const RUN_DESKTOP_FLOWS = 'RunDesktopFlows';

/** Signal: the robot of this session may have ended, look now. A hint, never believed. */
export const DESKTOP_FLOW_COMPLETED = 'desktopFlowCompleted';

/** Query: where the run stands. */
export const DESKTOP_FLOW_RUN = 'desktopFlowRun';

/** Update: answers as soon as a robot is started. */
export const AWAIT_FLOW_SESSION = 'awaitFlowSession';

/** Query: how far the batch is. */
export const DESKTOP_FLOW_BATCH = 'desktopFlowBatch';

export interface FlowSessionReference {
  /** GUID, in any case. */
  flowSessionId: string;
}

/** What a run is doing. */
export type RunPhase = 'triggering' | 'waiting' | 'backingOff' | 'fetchingOutputs' | 'stopping' | 'finished';

export interface DesktopFlowRunView {
  phase: RunPhase;
  /** Of the current attempt; null until its robot is started. */
  flowSessionId: string | null;
  /** As Dataverse last told it; null until then. */
  statusCode: number | null;
  status: FlowRunStatus | 'Unknown' | null;
  /** From 1. */
  attempt: number;
  /** ISO 8601 in UTC; null while no look is planned. */
  nextPollAt: string | null;
}

/** `stopping`: no more items are started, those under way are waited for. */
export type BatchPhase = 'running' | 'stopping' | 'finished';

export interface DesktopFlowBatchView {
  phase: BatchPhase;
  /** Items in all; null until the last page has been read. */
  total: number | null;
  started: number;
  /** Workflows that are under way. */
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
}
