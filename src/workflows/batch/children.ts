/** SANDBOX: starts and cancels the workflows of a batch's items, and collects the ends of those started earlier. */
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { type BatchItem, itemWithDefaults } from '../../common/batch';
import { bytesOf, childWorkflowId, itemFailed, itemSucceeded } from '../../common/batch-result';
import { INVALID_INPUT, WORKFLOW_ALREADY_STARTED } from '../../common/failure-types';
import { RUN_DESKTOP_FLOW } from '../../common/messages';
import type { runDesktopFlow } from '../run/run-desktop-flow';
import { collectFlowRuns } from '../support/activities';
import { hasEarlierItems, isNextUnknown, takeEarlier } from './earlier-items';
import { type Batch, recordItemEnd } from './state';

/** A Temporal payload holds at most 2 MiB: with a larger one the batch itself could not go on. */
const MAX_ITEM_BYTES = 2_097_000;

/** The commands of one workflow task travel in one message of at most 4 MiB, together with a page of results. */
const MAX_STARTING_BYTES = 1_500_000;

/** Beyond this, results that nobody takes stop further starts. */
const MOST_PENDING = 500;
const MOST_PENDING_BYTES = 4_000_000;

export function isClogged({ pending, pendingBytes }: Batch): boolean {
  return pending.length >= MOST_PENDING || pendingBytes >= MOST_PENDING_BYTES;
}

/** Starts items of the current page while there is room. */
export function startItems(batch: Batch, start: (work: () => Promise<void>) => void): void {
  const { input, state } = batch;
  while (state.phase === 'running' && state.running.length < input.maximumConcurrent) {
    const next = batch.page?.items[state.offset];
    if (next === undefined || isNextUnknown(batch)) return;
    if (hasEarlierItems(batch) && takeEarlier(batch)) continue;
    const item = itemWithDefaults(next, input.defaults);
    const bytes = bytesOf(item);
    if (batch.starting > 0 && batch.startingBytes + bytes > MAX_STARTING_BYTES) return;
    const index = state.started;
    state.started += 1;
    state.offset += 1;
    state.running.push(index);
    batch.hasProgressed = true;
    start(() => runItem(batch, index, item, bytes));
  }
}

/** Runs in a scope that is not cancelled: a cancellation in the middle of a start would lose the child. */
async function runItem(batch: Batch, index: number, item: BatchItem, bytes: number): Promise<void> {
  const { workflowId } = workflowInfo();
  if (bytes > MAX_ITEM_BYTES) {
    const problem = `The item is larger than a Temporal payload may be: ${bytes} bytes with its defaults`;
    return recordUnstarted(batch, index, problem, INVALID_INPUT);
  }
  batch.starting += 1;
  batch.startingBytes += bytes;
  let child: ChildWorkflowHandle<typeof runDesktopFlow> | undefined;
  try {
    child = await startChild<typeof runDesktopFlow>(RUN_DESKTOP_FLOW, {
      workflowId: childWorkflowId(workflowId, index),
      args: [item as Parameters<typeof runDesktopFlow>[0]],
      // The child outlives this execution, which continues as new.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  } finally {
    batch.starting -= 1;
    batch.startingBytes -= bytes;
    batch.changes += 1;
  }
  if (child !== undefined) return recordItemEnd(batch, await endOf(child, index));
  const problem = 'Not started: a workflow of this id is running already, and does not belong to this batch';
  recordUnstarted(batch, index, problem, WORKFLOW_ALREADY_STARTED);
}

async function endOf(child: ChildWorkflowHandle<typeof runDesktopFlow>, index: number) {
  const { workflowId } = workflowInfo();
  try {
    return itemSucceeded(workflowId, index, await child.result());
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    return itemFailed(workflowId, index, error.cause);
  }
}

function recordUnstarted(batch: Batch, index: number, problem: string, type: string): void {
  const failure = ApplicationFailure.nonRetryable(problem, type);
  recordItemEnd(batch, itemFailed(workflowInfo().workflowId, index, failure), false);
}

/** Collects the ends of children that an earlier execution started. */
export async function collect(batch: Batch): Promise<void> {
  batch.isCollecting = true;
  try {
    const asked = { batch: workflowInfo().workflowId, indexes: batch.followed };
    const { ended } = await collectFlowRuns.executeWithOptions({ summary: 'Wait for earlier items' }, [
      asked,
    ]);
    const found = new Set(ended.map(({ index }) => index));
    batch.followed = batch.followed.filter((index) => !found.has(index));
    for (const result of ended) recordItemEnd(batch, result);
  } finally {
    batch.isCollecting = false;
    batch.changes += 1;
  }
}

/** Cancels every child, also those of earlier executions. A child that is closed already is left alone. */
export async function cancelItems(batch: Batch): Promise<void> {
  const { workflowId } = workflowInfo();
  await condition(() => batch.starting === 0);
  const asked = batch.state.running.map((index) =>
    getExternalWorkflowHandle(childWorkflowId(workflowId, index))
      .cancel()
      .catch(() => undefined),
  );
  await Promise.all(asked);
}
