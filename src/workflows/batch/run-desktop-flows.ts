/**
 * SANDBOX: the workflow `RunDesktopFlows`: runs a list of desktop flows, or pages of one, through a sliding window of
 * child workflows `RunDesktopFlow`. One loop decides what to begin next; what it began changes the state and wakes it.
 */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { parseRunDesktopFlowsInput, type RunDesktopFlowsInput } from '../../common/batch';
import type { RunDesktopFlowsResult } from '../../common/batch-result';
import { INVALID_INPUT } from '../../common/failure-types';
import { refusedInput } from '../../common/schema/parse';
import { hasLongHistory } from '../support/long-history';
import { desktopFlowBatchQuery } from '../support/messages';
import { continueInNewHistory, isOutdated } from '../support/next-execution';
import { deliver, isLastPage, isPageComplete, isPageUsedUp, loadPage } from './caller-activities';
import { cancelItems, collect, isClogged, startItems } from './children';
import { showBatchDetails } from './current-details';
import { expectEarlierItems, isNextUnknown, lookForEarlier, takeAllEarlier } from './earlier-items';
import {
  type Batch,
  type BatchState,
  batchFailed,
  batchView,
  newBatch,
  newBatchState,
  resultOf,
} from './state';

/**
 * The same length as for a single run, see `until-over.ts`. An item costs up to 9 events, and as many again if it
 * is cancelled, so a history stays far below 10,000 events even if 500 items are cancelled at its end.
 */
const LONG_HISTORY_EVENTS = 1_000;

/** Temporal warns at 10 MiB, and ends a workflow at 50 MiB. */
const TOO_LARGE_HISTORY_BYTES = 10_000_000;

/** @param carried the state of the previous execution in the chain; only for continue-as-new. */
export async function runDesktopFlows(
  argument: RunDesktopFlowsInput,
  carried?: BatchState,
): Promise<RunDesktopFlowsResult> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const state = (isContinued && carried) || newBatchState();
  setHandler(desktopFlowBatchQuery, () => batchView(state));
  const parsed = parseRunDesktopFlowsInput(argument);
  if (!parsed.ok) {
    state.phase = 'finished';
    const message = refusedInput(parsed.problems);
    const details = [{ problems: parsed.problems }];
    throw ApplicationFailure.create({ type: INVALID_INPUT, message, nonRetryable: true, details });
  }
  expectEarlierItems(state);
  const batch = newBatch(parsed.value, state);
  const inNewHistory = () => continueInNewHistory<typeof runDesktopFlows>(argument, state);
  let cancellation: unknown;
  try {
    await untilOver(batch, inNewHistory);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancellation = error;
    await CancellationScope.nonCancellable(() => cancelled(batch, inNewHistory));
  }
  state.phase = 'finished';
  showBatchDetails(batch);
  if (cancellation !== undefined && !state.deliveryFailed) throw cancellation;
  if (state.problem !== undefined) throw batchFailed(state);
  return resultOf(state);
}

async function cancelled(batch: Batch, inNewHistory: () => Promise<never>): Promise<void> {
  batch.isCancelled = true;
  batch.state.phase = 'stopping';
  showBatchDetails(batch);
  await takeAllEarlier(batch);
  await cancelItems(batch);
  await untilOver(batch, inNewHistory);
}

async function untilOver(batch: Batch, inNewHistory: () => Promise<never>): Promise<void> {
  for (;;) {
    goOn(batch);
    showBatchDetails(batch);
    if (isBatchOver(batch)) return;
    // A cancellation that came with the last change must not be lost at continue-as-new: the wait below receives it.
    const mayContinue = batch.starting === 0 && !CancellationScope.current().consideredCancelled;
    if (isLong(batch) && mayContinue && (!batch.isDelivering || isTooLarge())) await inNewHistory();
    const { changes } = batch;
    await condition(() => batch.changes !== changes);
  }
}

/** Begins everything that can begin now. The batch's cancellation does not cancel it, see `children.ts`. */
function goOn(batch: Batch): void {
  const { state, input, followed, pending } = batch;
  const begin = (work: () => Promise<void>) => void CancellationScope.nonCancellable(work);
  const isWelcome = !isLong(batch) && !isClogged(batch);
  if (isWelcome) startItems(batch, begin);
  const isWanted = isWelcome && state.phase === 'running' && isNextUnknown(batch);
  if (isWanted && !batch.isLookingForEarlier) begin(() => lookForEarlier(batch));
  if (isWelcome && followed.length > 0 && !batch.isCollecting) begin(() => collect(batch));
  const wantsItems = state.phase === 'running' && isPageUsedUp(batch) && !isLastPage(batch);
  if (isWelcome && input.pages !== undefined && wantsItems && !batch.isLoading) begin(() => loadPage(batch));
  if (pending.length > 0 && !batch.isDelivering && isTimeToDeliver(batch)) begin(() => deliver(batch));
}

/** Returns whether to hand over results: they wait until their page is full, or until no more will come. */
function isTimeToDeliver(batch: Batch): boolean {
  const { pending, state, pagesDeliveredHere } = batch;
  if (isPageComplete(batch)) return true;
  if (state.pageUnderWay !== undefined) return false;
  const isAll = hasNothingLeft(batch) && pending.length === state.undelivered.length;
  // Each execution delivers some results: the next one reads the remaining ones again, from their workflows.
  return isAll || (isLong(batch) && pagesDeliveredHere === 0);
}

function hasNothingLeft(batch: Batch): boolean {
  const { phase, running } = batch.state;
  return running.length === 0 && (phase === 'stopping' || (isPageUsedUp(batch) && isLastPage(batch)));
}

function isBatchOver(batch: Batch): boolean {
  return hasNothingLeft(batch) && batch.state.undelivered.length === 0;
}

/** Whether the batch should go on in a new history. */
function isLong({ hasProgressed, isCancelled }: Batch): boolean {
  // The children being cancelled are few enough for this history.
  if (isCancelled || !hasProgressed) return false;
  return hasLongHistory(LONG_HISTORY_EVENTS) || isOutdated();
}

/** The history can get too large while the results activity keeps the batch waiting and outputs of children arrive. */
function isTooLarge(): boolean {
  return workflowInfo().historySize >= TOO_LARGE_HISTORY_BYTES;
}
