/** HOST, development only: what Temporal knows of all workflows once a measurement is over. */
import { type Client, defaultPayloadConverter } from '@temporalio/client';
import { actionsOfHistory, type HistoryEvent } from './actions';
import { mapLimited } from './wait';

/** One execution: a chain of continue-as-new is several. */
export interface Execution {
  type: string;
  workflowId: string;
  events: number;
  actions: Record<string, number>;
  /** Epoch milliseconds by the server's clock; absent while it runs. */
  closedAt?: number;
  /** Of an execution that completed. */
  result?: unknown;
  /** Why it failed. */
  failure?: string;
}

const AT_ONCE = 20;

export async function readExecutions(client: Client): Promise<Execution[]> {
  const listed: { type: string; workflowId: string; runId: string }[] = [];
  for await (const { type, workflowId, runId } of client.workflow.list()) {
    listed.push({ type, workflowId, runId });
  }
  return mapLimited(listed, AT_ONCE, async ({ type, workflowId, runId }) => {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return { type, workflowId, ...summaryOf(events ?? []) };
  });
}

function summaryOf(events: readonly HistoryEvent[]): Omit<Execution, 'type' | 'workflowId'> {
  const last = events.at(-1);
  const completed = last?.workflowExecutionCompletedEventAttributes;
  const failed = last?.workflowExecutionFailedEventAttributes;
  const isClosed = completed || failed || last?.workflowExecutionContinuedAsNewEventAttributes;
  const [payload] = completed?.result?.payloads ?? [];
  return {
    events: events.length,
    actions: actionsOfHistory(events),
    ...(isClosed && last?.eventTime && { closedAt: toMs(last.eventTime) }),
    ...(payload && { result: defaultPayloadConverter.fromPayload(payload) }),
    ...(failed && { failure: deepest(failed.failure) }),
  };
}

interface FailureLike {
  message?: string | null;
  cause?: FailureLike | null;
}

function deepest(failure: FailureLike | null | undefined): string {
  return failure?.cause ? deepest(failure.cause) : (failure?.message ?? 'no message');
}

function toMs({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}
