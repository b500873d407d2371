/**
 * HOST: the activity `collectFlowRuns`: waits until one of the workflows of a batch has ended. It is for those that an
 * earlier execution of the batch has started: Temporal notifies only that execution, which is closed.
 *
 * Polls the workflows in turn at a fixed rate, however many there are: a long poll for each of 500 would take 500 of the
 * places that a namespace has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, cancellationSignal, getClient } from '@temporalio/activity';
import { type Client, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  type BatchItemResult,
  type CollectFlowRunsInput,
  type CollectFlowRunsResult,
  childWorkflowId,
  countThatFits,
  itemFailed,
  itemSucceeded,
  parseCollectFlowRunsInput,
} from '../common/batch-result';
import { WORKFLOW_NOT_FOUND } from '../common/failure-types';
import type { RunDesktopFlowResult } from '../common/result';
import { isWorkflowClosed } from '../temporal/workflow-status';
import { invalidInput } from './support/dataverse-failures';
import { whileHeartbeating } from './support/heartbeat';

/** Workflows that are polled at once, and the pause after them. */
const AT_ONCE = 25;
const PAUSE_MS = 500;

/** Between two rounds: the robots of a batch work for minutes. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;

/** After this time it answers that none has ended, and is called again: a worker that shuts down waits for it. */
const GIVES_UP_AFTER_MS = 30_000;

export function createCollectFlowRuns() {
  return async (argument: CollectFlowRunsInput): Promise<CollectFlowRunsResult> => {
    const parsed = parseCollectFlowRunsInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    return whileHeartbeating(() => untilOneEnded(getClient(), parsed.value, cancellationSignal()));
  };
}

async function untilOneEnded(
  client: Client,
  input: CollectFlowRunsInput,
  signal: AbortSignal,
): Promise<CollectFlowRunsResult> {
  const until = Date.now() + GIVES_UP_AFTER_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
    const ended = await oneRound(client, input, signal);
    if (ended.length > 0 || Date.now() + waitMs > until) return { ended };
    await sleep(waitMs, undefined, { signal });
  }
}

async function oneRound(
  client: Client,
  { batch, indexes }: CollectFlowRunsInput,
  signal: AbortSignal,
): Promise<BatchItemResult[]> {
  const ended: BatchItemResult[] = [];
  for (let first = 0; first < indexes.length; first += AT_ONCE) {
    if (first > 0) await sleep(PAUSE_MS, undefined, { signal });
    const asked = indexes.slice(first, first + AT_ONCE);
    const answers = await Promise.all(asked.map((index) => endOf(client, batch, index)));
    ended.push(...answers.filter((answer) => answer !== undefined));
    const fitting = countThatFits(ended, ended.length);
    if (fitting < ended.length) return ended.slice(0, fitting);
  }
  return ended;
}

/** Returns undefined while the workflow runs. */
async function endOf(client: Client, batch: string, index: number): Promise<BatchItemResult | undefined> {
  const workflowId = childWorkflowId(batch, index);
  try {
    if (!(await isWorkflowClosed(client, workflowId))) return undefined;
    const result: RunDesktopFlowResult = await client.workflow.getHandle(workflowId).result();
    return itemSucceeded(batch, index, result);
  } catch (error) {
    if (error instanceof WorkflowFailedError) return itemFailed(batch, index, error.cause);
    if (error instanceof WorkflowNotFoundError) return itemFailed(batch, index, gone());
    throw error;
  }
}

function gone(): ApplicationFailure {
  const message = 'Temporal does not know the workflow any longer: its retention is over, or it was deleted';
  return ApplicationFailure.nonRetryable(message, WORKFLOW_NOT_FOUND);
}
