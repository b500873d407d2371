/** Batches on the real dev server, with the activities that a caller brings, and what a test wants to know of them. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { PageRequest } from '../../src/common/batch';
import type { BatchItemResult, ResultsPage, RunDesktopFlowsResult } from '../../src/common/batch-result';
import type { DesktopFlowBatchView } from '../../src/common/messages';
import { type Harness, type HarnessOptions, startHarness } from './harness';

type BatchHandle = WorkflowHandleWithFirstExecutionRunId<() => Promise<RunDesktopFlowsResult>>;

export interface Batches {
  readonly harness: Harness;
  /** What the activity `loadPage` answers; for a test to set. */
  answerPage(request: PageRequest): unknown;
  /** What the activity `takeResults` does before it takes the page; for a test to set. */
  beforeTaking(page: ResultsPage): unknown;
  readonly requests: PageRequest[];
  /** Every page that was taken, as often as it was. */
  readonly taken: ResultsPage[];
  takenOf(handle: BatchHandle): ResultsPage[];
  start(input: unknown, workflowId?: string): Promise<BatchHandle>;
  view(handle: BatchHandle): Promise<DesktopFlowBatchView>;
  /** The robots of a flow, or of an input that runs it. */
  sessions(flow: { flowId: string }): Harness['emulator']['seen']['sessions'];
  running(flow: { flowId: string }): Harness['emulator']['seen']['sessions'];
  /** The union of the pages. One may come twice, but is the same then. */
  results(handle: BatchHandle): BatchItemResult[];
  /** The size of each execution in the chain. */
  histories(handle: BatchHandle): Promise<{ events: number; bytes: number }[]>;
}

export async function startBatches(options: Pick<HarnessOptions, 'address'> = {}): Promise<Batches> {
  const harness = await startHarness({
    ...options,
    emulator: { limits: { startsPerMinute: 1_000_000, requests: 1_000_000 } },
    connector: { startsPerMinute: 0 },
    activities: {
      async loadPage(request: PageRequest) {
        batches.requests.push(request);
        return batches.answerPage(request);
      },
      async takeResults(page: ResultsPage) {
        await batches.beforeTaking(page);
        batches.taken.push(page);
      },
    },
  });
  const { client, taskQueue } = harness;

  const batches: Batches = {
    harness,
    answerPage: () => ({ items: [] }),
    beforeTaking: () => undefined,
    requests: [],
    taken: [],
    start: (input, workflowId = randomUUID()) =>
      client.workflow.start<() => Promise<RunDesktopFlowsResult>>('RunDesktopFlows', {
        args: [input] as never,
        taskQueue,
        workflowId,
      }),
    view: (handle) => handle.query<DesktopFlowBatchView>('desktopFlowBatch'),
    sessions: ({ flowId }) =>
      harness.emulator.seen.sessions.filter((session) => session.flowId === flowId.toLowerCase()),
    running: (flow) => batches.sessions(flow).filter(({ completedOn }) => !completedOn),
    takenOf: ({ workflowId }) => batches.taken.filter(({ batch }) => batch === workflowId),
    results(handle) {
      const pages = new Map<number, ResultsPage>();
      for (const page of batches.takenOf(handle)) {
        if (pages.has(page.page)) expect(page).toEqual(pages.get(page.page));
        pages.set(page.page, page);
      }
      expect([...pages.keys()]).toEqual(range(pages.size));
      return [...pages.values()].flatMap(({ results }) => results);
    },
    async histories({ workflowId, firstExecutionRunId }) {
      const all: { events: number; bytes: number }[] = [];
      for (let runId: string | null | undefined = firstExecutionRunId; runId; ) {
        const { historyLength, historySize = 0 } = await client.workflow
          .getHandle(workflowId, runId)
          .describe();
        all.push({ events: historyLength, bytes: historySize });
        runId = await nextRun(harness, workflowId, runId);
      }
      return all;
    },
  };
  return batches;
}

/** By the last event alone: a whole history of large outputs is more than a client may receive. */
async function nextRun(
  { client, env }: Harness,
  workflowId: string,
  runId: string,
): Promise<string | null | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: env.namespace ?? 'default',
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function many<T extends object>(count: number, item: T = {} as T): T[] {
  return Array.from({ length: count }, () => item);
}

export function indexesOf(results: { index: number }[]): number[] {
  return results.map(({ index }) => index).sort((one, other) => one - other);
}
