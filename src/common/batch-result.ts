/** SHARED: may run anywhere. The results of the items of a batch, and of the batch itself. On the wire. */
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import * as z from 'zod/mini';
import { detailsOf } from './failure-details';
import * as types from './failure-types';
import { messageOf } from './message-of';
import type { ExpressionResult, RunDesktopFlowResult } from './result';
import { must, nonEmpty, wholeNumber } from './schema/fields';
import { type Parsed, parse } from './schema/parse';

/** One item that has ended. */
export interface BatchItemResult extends ExpressionResult {
  /** Counted over all pages, from 0. */
  index: number;
  /** Id of its `RunDesktopFlow`. */
  workflowId: string;
  /** `Succeeded`, `Cancelled`, or the type of the failure. */
  status: string;
  /** Flow session of its last robot; absent if no robot is known. */
  flowSessionId?: string;
  /** Null if the robot left no outputs; absent if the item did not succeed. */
  outputs?: Record<string, unknown> | null;
  /** The outputs, and `result` with them, are too large to be listed here; they are in the result of the workflow `workflowId`. */
  outputsLeftOut?: true;
  /** Why it did not succeed, up to 500 characters. */
  message?: string;
}

/** The argument of the activity of `results`. It may be called more than once for a page. */
export interface ResultsPage {
  /** Workflow id of the batch. */
  batch: string;
  /** Run id of the batch's first execution; another one after a reset, or if a batch is started again under its id. */
  runId: string;
  /** From 0, without gaps. `runId` and `page` together are the idempotency key. */
  page: number;
  /** In the order in which the items ended, or in which the batch found that they had. */
  results: BatchItemResult[];
}

export interface BatchFailure {
  index: number;
  workflowId: string;
  type: string;
  message: string;
}

/** Also `details[0]` of a `DesktopFlowBatchFailed`. */
export interface RunDesktopFlowsResult {
  /** Null if the batch ended before it read the last page. */
  total: number | null;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** The first 100. */
  failures: BatchFailure[];
  /** Without outputs; absent if there are more than 1,000, or if an activity takes them. */
  results?: Pick<BatchItemResult, 'index' | 'workflowId' | 'status' | 'flowSessionId'>[];
}

/** The items of a batch whose workflows are waited for, or looked for. */
export interface CollectFlowRunsInput {
  /** Workflow id of the batch. */
  batch: string;
  indexes: number[];
}

export interface CollectFlowRunsResult {
  /** Not necessarily all of them: the next call returns the others. */
  ended: BatchItemResult[];
}

export interface FindStartedFlowRunsResult {
  /** Those of the indexes that have a workflow. */
  started: number[];
}

const collectInput = z.strictObject({
  batch: nonEmpty(1000),
  indexes: z.array(wholeNumber(0, Number.MAX_SAFE_INTEGER), must('must be a list of whole numbers')),
});

export function parseCollectFlowRunsInput(value: unknown): Parsed<CollectFlowRunsInput> {
  return parse(collectInput, value);
}

export const SUCCEEDED = 'Succeeded';
export const CANCELLED = 'Cancelled';

/** Bytes of results that fit into a payload of at most 2 MiB; the outputs of one run always fit. */
export const MAX_RESULTS_BYTES = 1_900_000;

const MAX_MESSAGE_LENGTH = 500;

export function childWorkflowId(batch: string, index: number): string {
  return `${batch}/${index}`;
}

export function itemSucceeded(batch: string, index: number, result: RunDesktopFlowResult): BatchItemResult {
  const { flowSessionId, outputs, result: ofExpression } = result;
  return fitting({
    index,
    workflowId: childWorkflowId(batch, index),
    status: SUCCEEDED,
    flowSessionId,
    outputs,
    ...(ofExpression !== undefined && { result: ofExpression }),
  });
}

/** @param cause the cause of a `ChildWorkflowFailure` or `WorkflowFailedError`, or why there is no workflow. */
export function itemFailed(batch: string, index: number, cause: unknown): BatchItemResult {
  const { flowSessionId } = detailsOf(cause);
  return {
    index,
    workflowId: childWorkflowId(batch, index),
    status: statusOf(cause),
    ...(typeof flowSessionId === 'string' && { flowSessionId }),
    message: messageOf(cause).slice(0, MAX_MESSAGE_LENGTH),
  };
}

function statusOf(cause: unknown): string {
  if (cause instanceof CancelledFailure) return CANCELLED;
  if (cause instanceof TerminatedFailure) return types.WORKFLOW_TERMINATED;
  if (cause instanceof TimeoutFailure) return types.WORKFLOW_TIMED_OUT;
  return (cause instanceof ApplicationFailure && cause.type) || types.WORKFLOW_FAILED;
}

function fitting(result: BatchItemResult): BatchItemResult {
  if (bytesOf(result) <= MAX_RESULTS_BYTES) return result;
  const { outputs: _tooLarge, result: _withIt, ...rest } = result;
  return { ...rest, outputsLeftOut: true };
}

/** Returns the size of a value as JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** Returns how many of the first results fit into one payload: at least one. */
export function countThatFits(results: readonly BatchItemResult[], most: number): number {
  let bytes = 0;
  const end = results.slice(0, most).findIndex((result, position) => {
    bytes += bytesOf(result) + 1;
    return bytes > MAX_RESULTS_BYTES && position > 0;
  });
  return end === -1 ? Math.min(results.length, most) : end;
}
