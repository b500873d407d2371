/** SANDBOX: the activities of a batch that are the caller's own: where its items come from, and who takes the results. */
import { ActivityFailure, ApplicationFailure, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { type OwnActivity, type PageRequest, parsePage } from '../../common/batch';
import { bytesOf, countThatFits, MAX_RESULTS_BYTES, type ResultsPage } from '../../common/batch-result';
import { messageOf } from '../../common/message-of';
import { describeProblems } from '../../common/schema/parse';
import { type Batch, stop } from './state';

/** Somebody has this long to mend an activity that fails. Until then its batch waits, and nothing is lost. */
const MENDED_WITHIN = '7 days';

async function call(own: OwnActivity, summary: string, argument: unknown): Promise<unknown> {
  const { activity, taskQueue } = own;
  const activities = proxyActivities<Record<string, (argument: unknown) => Promise<unknown>>>({
    ...(taskQueue && { taskQueue }),
    summary,
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: MENDED_WITHIN,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  });
  return await activities[activity]?.(argument);
}

/** Everything of the current page is started, as far as this execution knows. */
export function isPageUsedUp({ page, state }: Batch): boolean {
  return page === undefined || state.offset >= page.items.length;
}

export function isLastPage({ page }: Batch): boolean {
  return page !== undefined && page.nextCursor === null;
}

/** Reads the next page; after continue-as-new first the current one again. */
export async function loadPage(batch: Batch): Promise<void> {
  const { state } = batch;
  const { pages } = batch.input;
  if (pages === undefined) throw new Error('a batch without pages has its items');
  if (batch.page !== undefined) {
    state.cursor = batch.page.nextCursor;
    state.offset = 0;
    batch.page = undefined;
  }
  const { cursor, offset, started } = state;
  const request: PageRequest = { cursor, input: pages.input ?? null };
  batch.isLoading = true;
  try {
    const answer = await call(pages, `Items from ${started} on`, request);
    const parsed = parsePage(answer);
    if (!parsed.ok) throw wrongPage(describeProblems(parsed.problems));
    const { items, nextCursor = null } = parsed.value;
    if (nextCursor !== null && nextCursor === cursor)
      throw wrongPage('nextCursor: is that of this very page');
    if (items.length < offset)
      throw wrongPage(`items: are ${items.length}, and were ${offset} or more before`);
    batch.page = { items, nextCursor };
    if (nextCursor === null) state.total = started - offset + items.length;
  } catch (error) {
    stop(batch, failed('pages', pages, error));
  } finally {
    batch.isLoading = false;
    batch.changes += 1;
  }
}

/** Hands over one page of results: that which an earlier execution was handing over, or a new one. */
export async function deliver(batch: Batch): Promise<void> {
  const { state, pending } = batch;
  const { results } = batch.input;
  if (results === undefined) throw new Error('without an activity of results none are pending');
  state.pageUnderWay ??= pending.slice(0, countThatFits(pending, results.pageSize)).map(({ index }) => index);
  const indexes = state.pageUnderWay;
  const page: ResultsPage = {
    batch: workflowInfo().workflowId,
    runId: state.deliveredAs ?? workflowInfo().firstExecutionRunId,
    page: state.pagesDelivered,
    results: indexes.flatMap((index) => pending.find((result) => result.index === index) ?? []),
  };
  batch.isDelivering = true;
  try {
    await call(results, `Results, page ${page.page}`, page);
    forget(batch, new Set(indexes));
    state.pagesDelivered += 1;
    batch.pagesDeliveredHere += 1;
  } catch (error) {
    stop(batch, `${failed('results', results, error)}. Page ${page.page} and what follows is not delivered`);
    state.deliveryFailed = true;
    forget(batch, new Set(state.undelivered));
  } finally {
    batch.isDelivering = false;
    batch.changes += 1;
  }
}

function forget(batch: Batch, taken: ReadonlySet<number>): void {
  const { state } = batch;
  delete state.pageUnderWay;
  state.undelivered = state.undelivered.filter((index) => !taken.has(index));
  state.unstarted = state.unstarted.filter(({ index }) => !taken.has(index));
  batch.pending = batch.pending.filter(({ index }) => !taken.has(index));
  batch.pendingBytes = batch.pending.reduce((bytes, result) => bytes + bytesOf(result), 0);
}

/** A page is complete: nothing can be added to it, or, after continue-as-new, all of it is there again. */
export function isPageComplete({ input, state, pending, pendingBytes }: Batch): boolean {
  if (state.pageUnderWay !== undefined) {
    return state.pageUnderWay.every((wanted) => pending.some(({ index }) => index === wanted));
  }
  return pending.length >= (input.results?.pageSize ?? 1) || pendingBytes >= MAX_RESULTS_BYTES;
}

function wrongPage(problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`its answer is not a page of items: ${problem}`);
}

function failed(field: 'pages' | 'results', { activity }: OwnActivity, error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return `the activity ${activity} of \`${field}\` failed for good: ${messageOf(cause)}`;
}
