/**
 * SANDBOX: what one execution of `RunDesktopFlows` knows, and how an item's end changes it. `BatchState` is plain JSON
 * and small, because continue-as-new hands it to the next execution; the rest of `Batch` can be obtained again.
 */
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { BatchItem, ParsedRunDesktopFlowsInput } from '../../common/batch';
import {
  type BatchItemResult,
  bytesOf,
  CANCELLED,
  childWorkflowId,
  type RunDesktopFlowsResult,
  SUCCEEDED,
} from '../../common/batch-result';
import { DESKTOP_FLOW_BATCH_FAILED } from '../../common/failure-types';
import type { BatchPhase, DesktopFlowBatchView } from '../../common/messages';

export interface BatchState {
  phase: BatchPhase;
  /** Null until the batch has read the last page. */
  total: number | null;
  /** Number of started items: the index of the next one. */
  started: number;
  /** The page that holds the next item, and its position there. */
  cursor: string | null;
  offset: number;
  /** Only after a reset of the batch: what is known of the items that it had started before. */
  earlier?: EarlierItems;
  /** Indexes of items that have started and have not ended, as far as we know. */
  running: number[];
  /** Indexes of items that have ended and been counted, but whose results nobody has taken yet. */
  undelivered: number[];
  /** The first of these, while they are being handed over: a page keeps its content, no matter how often it is sent. */
  pageUnderWay?: number[];
  /** Results of items that never got a workflow to read them from again. Also in `undelivered`. */
  unstarted: BatchItemResult[];
  succeeded: number;
  failed: number;
  cancelled: number;
  failures: { index: number; type: string; message: string }[];
  /** For the result of the batch; unset once there are too many, or if an activity takes the results. */
  summaries?: Pick<BatchItemResult, 'index' | 'status' | 'flowSessionId'>[];
  pagesDelivered: number;
  /** `runId` of the pages of results, after a reset. @default that of the batch's first execution */
  deliveredAs?: string;
  /** Why the batch was stopped and will fail. */
  problem?: string;
  /** The activity of `results` has failed for good: it gets nothing more. */
  deliveryFailed?: boolean;
}

interface EarlierItems {
  /** Items below this index have been looked for. */
  until: number;
  /** Indexes of those that have a workflow. */
  started: number[];
}

export interface Batch {
  readonly input: ParsedRunDesktopFlowsInput;
  readonly state: BatchState;
  /** The page at `state.cursor`; undefined until this execution has read it. */
  page?: { items: readonly BatchItem[]; nextCursor: string | null };
  /** Items whose children an earlier execution has started: nobody is notified of their ends, so they are looked for. */
  followed: number[];
  /** Results that nobody has taken yet, as far as this execution has seen them. */
  pending: BatchItemResult[];
  pendingBytes: number;
  /** Number of children that were requested but have not started yet. */
  starting: number;
  startingBytes: number;
  isLoading: boolean;
  isCollecting: boolean;
  isLookingForEarlier: boolean;
  isDelivering: boolean;
  isCancelled: boolean;
  /** Whether this execution has made progress, so that another one makes sense. */
  hasProgressed: boolean;
  pagesDeliveredHere: number;
  /** Counter that grows with every change that may let the batch go on. */
  changes: number;
}

const MOST_FAILURES = 100;
const MOST_SUMMARIES = 1_000;

export function newBatchState(): BatchState {
  return {
    phase: 'running',
    total: null,
    started: 0,
    cursor: null,
    offset: 0,
    running: [],
    undelivered: [],
    unstarted: [],
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    failures: [],
    summaries: [],
    pagesDelivered: 0,
  };
}

export function newBatch(input: ParsedRunDesktopFlowsInput, state: BatchState): Batch {
  if (input.items !== undefined) state.total = input.items.length;
  if (input.results !== undefined) delete state.summaries;
  const unstarted = new Set(state.unstarted.map(({ index }) => index));
  const { pageUnderWay = [], undelivered, running } = state;
  const asked = new Set([...pageUnderWay, ...undelivered, ...running]);
  return {
    input,
    state,
    ...(input.items && { page: { items: input.items, nextCursor: null } }),
    followed: [...asked].filter((index) => !unstarted.has(index)),
    pending: [...state.unstarted],
    pendingBytes: bytesOf(state.unstarted),
    starting: 0,
    startingBytes: 0,
    isLoading: false,
    isCollecting: false,
    isLookingForEarlier: false,
    isDelivering: false,
    isCancelled: false,
    hasProgressed: false,
    pagesDeliveredHere: 0,
    changes: 0,
  };
}

/** Records the end of an item. An end whose result was not taken before the last continue-as-new comes a second time. */
export function recordItemEnd(batch: Batch, result: BatchItemResult, hasWorkflow = true): void {
  const { state } = batch;
  const isCounted = state.undelivered.includes(result.index);
  // Read again for a results activity that has since failed for good.
  if (!isCounted && !state.running.includes(result.index)) return;
  if (!isCounted) {
    state.running = state.running.filter((index) => index !== result.index);
    count(batch, result);
  }
  if (batch.input.results !== undefined && !state.deliveryFailed) {
    if (!isCounted) state.undelivered.push(result.index);
    batch.pending.push(result);
    batch.pendingBytes += bytesOf(result);
    if (!hasWorkflow) state.unstarted.push(result);
  }
  batch.hasProgressed = true;
  batch.changes += 1;
}

function count(batch: Batch, { index, status, flowSessionId, message = '' }: BatchItemResult): void {
  const { input, state } = batch;
  state.summaries?.push({ index, status, ...(flowSessionId && { flowSessionId }) });
  if (state.summaries !== undefined && state.summaries.length > MOST_SUMMARIES) delete state.summaries;
  if (status === SUCCEEDED) {
    state.succeeded += 1;
    return;
  }
  if (status === CANCELLED) {
    state.cancelled += 1;
    return;
  }
  state.failed += 1;
  if (state.failures.length < MOST_FAILURES) state.failures.push({ index, type: status, message });
  const most = input.onFailure === 'stop' ? 0 : input.maximumFailures;
  if (most !== undefined && state.failed > most) {
    stop(batch, `${state.failed} failed, and at most ${most} may`);
  }
}

/** Starts nothing more. Items under way go on to their end; then the batch fails. */
export function stop({ state }: Batch, problem: string): void {
  state.phase = 'stopping';
  state.problem ??= problem;
}

export function batchView(state: BatchState): DesktopFlowBatchView {
  const { phase, total, started, running, succeeded, failed, cancelled } = state;
  return { phase, total, started, running: running.length, succeeded, failed, cancelled };
}

export function resultOf(state: BatchState): RunDesktopFlowsResult {
  const { total, succeeded, failed, cancelled, failures, summaries } = state;
  const named = <T extends { index: number }>({ index, ...rest }: T) => ({
    index,
    workflowId: childWorkflowId(workflowInfo().workflowId, index),
    ...rest,
  });
  return {
    total,
    succeeded,
    failed,
    cancelled,
    failures: failures.map(named),
    ...(summaries && { results: summaries.map(named) }),
  };
}

export function batchFailed(state: BatchState): ApplicationFailure {
  return ApplicationFailure.create({
    type: DESKTOP_FLOW_BATCH_FAILED,
    message: `The batch was stopped: ${state.problem}`,
    nonRetryable: true,
    details: [resultOf(state)],
  });
}
