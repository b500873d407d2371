/**
 * HOST: the activity `findStartedFlowRuns`: after a reset of a batch, tells which of its items have a workflow already.
 * Starting one again would have Temporal terminate the workflow that runs, and its robot run on unseen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, cancellationSignal, getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  type CollectFlowRunsInput,
  childWorkflowId,
  type FindStartedFlowRunsResult,
  parseCollectFlowRunsInput,
} from '../common/batch-result';
import { invalidInput } from './support/dataverse-failures';
import { type HistoryEvents, visitExecutions } from './support/execution-chain';
import { whileHeartbeating } from './support/heartbeat';

/** Workflows that are asked for at once, and the pause after them. */
const AT_ONCE = 25;
const PAUSE_MS = 100;

export function createFindStartedFlowRuns() {
  return async (argument: CollectFlowRunsInput): Promise<FindStartedFlowRunsResult> => {
    const parsed = parseCollectFlowRunsInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    return whileHeartbeating(() => findStarted(parsed.value));
  };
}

async function findStarted({ batch, indexes }: CollectFlowRunsInput): Promise<FindStartedFlowRunsResult> {
  const { startedAt, lastStarted } = await readBatch(batch);
  const found = new Map<number, Owner>();
  for (let first = 0; first < indexes.length; first += AT_ONCE) {
    if (first > 0) await sleep(PAUSE_MS, undefined, { signal: cancellationSignal() });
    const asked = indexes.slice(first, first + AT_ONCE);
    const owners = await Promise.all(asked.map((index) => ownerOf(batch, index, startedAt)));
    for (const [position, index] of asked.entries()) found.set(index, owners[position] ?? 'nobody');
  }
  const ours = indexes.filter((index) => found.get(index) === 'batch');
  // Items start in their order: below the last one that was started, a workflow can only have been deleted since.
  const last = Math.max(lastStarted, ...ours);
  return { started: indexes.filter((index) => isTaken(found.get(index), index <= last)) };
}

function isTaken(owner: Owner | undefined, isBelowLast: boolean): boolean {
  return owner === 'batch' || (owner === 'nobody' && isBelowLast);
}

/** Reads the histories of the batch from before its reset. A reset copies the first event, with its time. */
async function readBatch(batch: string): Promise<{ startedAt: number; lastStarted: number }> {
  let startedAt = 0;
  let lastStarted = -1;
  await visitExecutions(async ({ events, isOwn, runId }) => {
    if (runId === activityInfo().workflowExecution?.runId) startedAt = timeOf(events[0]);
    if (isOwn) return;
    for (const { childWorkflowExecutionStartedEventAttributes: child } of events) {
      const index = indexIn(batch, child?.workflowExecution?.workflowId);
      if (index !== undefined) lastStarted = Math.max(lastStarted, index);
    }
  });
  return { startedAt, lastStarted };
}

function timeOf(event: HistoryEvents[number] | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1e6);
}

function indexIn(batch: string, workflowId: string | null | undefined): number | undefined {
  const index = Number(workflowId?.slice(batch.length + 1));
  return workflowId === childWorkflowId(batch, index) ? index : undefined;
}

/** Whose workflow has the id of an item. */
type Owner = 'batch' | 'nobody' | 'another';

/** The id may also be that of somebody else's workflow, or of an item of a batch of the same id that ended before. */
async function ownerOf(batch: string, index: number, since: number): Promise<Owner> {
  try {
    const handle = getClient().workflow.getHandle(childWorkflowId(batch, index));
    const { parentExecution, startTime } = await handle.describe();
    return parentExecution?.workflowId === batch && startTime.getTime() >= since ? 'batch' : 'another';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'nobody';
    throw error;
  }
}
