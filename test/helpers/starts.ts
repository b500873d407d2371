/** Robots that are asked for at once on one connection, and when Dataverse got them. */
import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { DesktopFlowRunView } from '../../src/common/messages';
import type { Emulator, SeenSession } from '../../src/testing/emulator';
import { detailsOf } from './harness';

export interface Starts {
  ask(connectionName: string, count: number, runPriority?: string): Promise<WorkflowHandle[]>;
  /** In the order in which Dataverse got them. */
  sessions(connectionName: string): SeenSession[];
  /** Their times: epoch milliseconds. */
  times(connectionName: string): number[];
  view(run: WorkflowHandle): Promise<DesktopFlowRunView>;
  /** Of the last `triggerFlowRun` that failed. */
  lastTriggerFailure(run: WorkflowHandle): Promise<TriggerFailure | undefined>;
  /** What the web UI shows of it. */
  details(run: WorkflowHandle): Promise<string>;
}

interface TriggerFailure {
  type: unknown;
  category: unknown;
  /** When it comes again. */
  waitMs: number;
}

interface StartsOptions {
  client: Client;
  emulator: Emulator;
  taskQueue: string;
}

/** Temporal's number of the category. */
const BENIGN = 1;

export function startsOn({ client, emulator, taskQueue }: StartsOptions): Starts {
  const flowId = randomUUID();
  emulator.addFlow({ id: flowId, name: 'Enter invoice', duration: 0, result: {} });
  const starts: Starts = {
    ask: (connectionName, count, runPriority = 'normal') =>
      Promise.all(
        Array.from({ length: count }, () =>
          client.workflow.start('RunDesktopFlow', {
            args: [
              {
                flowId,
                runMode: 'unattended',
                connectionName,
                runPriority,
                poll: { initialInterval: '200ms' },
              },
            ],
            taskQueue,
            workflowId: randomUUID(),
          }),
        ),
      ),
    sessions: (connectionName) =>
      emulator.seen.sessions
        .filter((session) => session.connection === connectionName)
        .toSorted((one, other) => one.createdOn - other.createdOn),
    times: (connectionName) => starts.sessions(connectionName).map(({ createdOn }) => createdOn),
    view: (run) => run.query<DesktopFlowRunView>('desktopFlowRun'),
    async lastTriggerFailure(run) {
      const { events } = await run.fetchHistory();
      const failures = (events ?? []).flatMap(
        (event) => event.activityTaskFailedEventAttributes?.failure ?? [],
      );
      const info = failures.at(-1)?.applicationFailureInfo;
      if (!info) return undefined;
      const { type, category, nextRetryDelay } = info;
      return {
        type,
        category: Number(category) === BENIGN ? 'BENIGN' : category,
        waitMs: Number(nextRetryDelay?.seconds ?? 0) * 1000,
      };
    },
    details: detailsOf,
  };
  return starts;
}
