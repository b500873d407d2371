/**
 * SANDBOX: the items of a batch that was reset. The execution before the reset had started more of them than this one
 * knows of; their workflows go on, or have ended. They are looked for, and followed instead of started again.
 */
import { condition, patched, workflowInfo } from '@temporalio/workflow';
import { findStartedFlowRuns } from '../support/activities';
import { EARLIER_ITEMS_ARE_FOLLOWED } from '../support/patches';
import { wasReset } from '../support/reset';
import type { Batch, BatchState } from './state';

/** Items that are looked for at once. */
const LOOKED_FOR = 500;

export function expectEarlierItems(state: BatchState): void {
  if (!wasReset()) return;
  state.earlier ??= { until: 0, started: [] };
  // Pages of results come again, with other items in them: they must not pass for those of before.
  state.deliveredAs = workflowInfo().runId;
}

/** Whether earlier items count from here on. Not in the replay of what was before the reset: that had started its own. */
export function hasEarlierItems({ state }: Batch): boolean {
  return state.earlier !== undefined && patched(EARLIER_ITEMS_ARE_FOLLOWED);
}

/** Whether the next item has to be looked for before anything is done about it. */
export function isNextUnknown(batch: Batch): boolean {
  const { state } = batch;
  const isThere = batch.page?.items[state.offset] !== undefined;
  return isThere && hasEarlierItems(batch) && state.started >= (state.earlier?.until ?? 0);
}

/** Takes the next item over if it has a workflow. */
export function takeEarlier(batch: Batch): boolean {
  const { state, followed } = batch;
  const index = state.started;
  if (!state.earlier?.started.includes(index)) return false;
  state.earlier.started = state.earlier.started.filter((one) => one !== index);
  state.started += 1;
  state.offset += 1;
  state.running.push(index);
  followed.push(index);
  batch.hasProgressed = true;
  return true;
}

/** Looks for items from this index on, on whatever page they are. @default the next ones */
export async function lookForEarlier(batch: Batch, first = batch.state.started): Promise<void> {
  const indexes = Array.from({ length: LOOKED_FOR }, (_, position) => first + position);
  batch.isLookingForEarlier = true;
  try {
    const asked = { batch: workflowInfo().workflowId, indexes };
    const options = { summary: 'Look for items from before the reset' };
    const { started } = await findStartedFlowRuns.executeWithOptions(options, [asked]);
    batch.state.earlier = { until: first + LOOKED_FOR, started };
  } finally {
    batch.isLookingForEarlier = false;
    batch.changes += 1;
  }
}

/** Takes all of them over at once, for a batch that is cancelled: their robots have to be stopped too. */
export async function takeAllEarlier(batch: Batch): Promise<void> {
  const { state, followed } = batch;
  if (!hasEarlierItems(batch)) return;
  await condition(() => !batch.isLookingForEarlier);
  const { until = 0, started = [] } = state.earlier ?? {};
  let taken = started;
  for (let first = Math.max(until, state.started); ; first += LOOKED_FOR) {
    state.running.push(...taken);
    followed.push(...taken);
    state.started = Math.max(state.started, ...taken.map((index) => index + 1));
    await lookForEarlier(batch, first);
    taken = state.earlier?.started ?? [];
    if (taken.length === 0) return;
  }
}
