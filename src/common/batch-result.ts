/** SHARED: may run anywhere. What becomes of the items of a batch, and what a batch comes back with. On the wire. */
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import * as z from 'zod/mini';
import * as types from './failure-types';
import { messageOf } from './message-of';
import type { RunDesktopFlowResult } from './result';
import { must, nonEmpty, wholeNumber } from './schema/fields';
import { type Parsed, parse } from './schema/parse';

/** One item that has ended. */
export interface BatchItemResult {
  /** Counted over all pages, from 0. */
  index: number;
  /** Of its `RunDesktopFlow`. */
  workflowId: string;
  /** `Succeeded`, `Cancelled`, or the type of the failure. */
  status: string;
  /** Of its last robot; absent where none is known. */
  flowSessionId?: string;
  /** Null where the run left none; absent where it did not succeed. */
  outputs?: Record<string, unknown> | null;
  /** The outputs are too large to be told here; they are in the result of the workflow `workflowId`. */
  outputsLeftOut?: true;
  /** Why it did not succeed, up to 500 characters. */
  message?: string;
}

/** The argument of the activity of `results`. It may be called more than once for a page. */
export interface ResultsPage {
  /** Workflow id of the batch. */
  batch: string;
  /** Of the first execution of the batch: another one for a batch that is run again under the same id. */
  runId: string;
  /** From 0, without a gap. `runId` and `page` together are the idempotency key. */
  page: number;
  /** In the order in which they ended, or were found to have ended. */
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
  /** Null where the batch ended before the last page was read. */
  total: number | null;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** The first 100. */
  failures: BatchFailure[];
  /** Without their outputs; absent where there are more than 1,000, or an activity takes them. */
  results?: Pick<BatchItemResult, 'index' | 'workflowId' | 'status' | 'flowSessionId'>[];
}

/** Items of a batch whose workflows are looked after by `collectFlowRuns`. */
export interface CollectFlowRunsInput {
  /** Workflow id of the batch. */
  batch: string;
  indexes: number[];
}

export interface CollectFlowRunsResult {
  /** Not necessarily all that have: the others are told the next time. */
  ended: BatchItemResult[];
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

/** What a payload of at most 2 MiB may hold of results, in bytes; the outputs of one run always fit. */
export const MAX_RESULTS_BYTES = 1_900_000;

const MAX_MESSAGE_LENGTH = 500;

export function childWorkflowId(batch: string, index: number): string {
  return `${batch}/${index}`;
}

export function itemSucceeded(batch: string, index: number, result: RunDesktopFlowResult): BatchItemResult {
  const { flowSessionId, outputs } = result;
  return fitting({
    index,
    workflowId: childWorkflowId(batch, index),
    status: SUCCEEDED,
    flowSessionId,
    outputs,
  });
}

/** @param cause of the `ChildWorkflowFailure` or `WorkflowFailedError`, or why there is no workflow. */
export function itemFailed(batch: string, index: number, cause: unknown): BatchItemResult {
  const [details] = ((cause as ApplicationFailure | undefined)?.details ?? []) as [
    { flowSessionId?: unknown }?,
  ];
  const flowSessionId = details?.flowSessionId;
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
  const { outputs: _tooLarge, ...rest } = result;
  return { ...rest, outputsLeftOut: true };
}

/** As JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** How many of the results, from the first on, fit into one payload: at least one. */
export function countThatFits(results: readonly BatchItemResult[], most: number): number {
  let bytes = 0;
  const end = results.slice(0, most).findIndex((result, position) => {
    bytes += bytesOf(result) + 1;
    return bytes > MAX_RESULTS_BYTES && position > 0;
  });
  return end === -1 ? Math.min(results.length, most) : end;
}
