/** The runs that are watched, of which histories are kept, by name: see `scenarios.ts`. */
import { eventually, type Harness } from '../helpers/harness';
import type { Recorded, Scenario } from './scenarios';

const shared = { initialInterval: '1s', maximumInterval: '1s' };

/** The watcher that is there now, once it has nothing left to watch. */
async function watcher({ client, taskQueue }: Harness): Promise<Recorded> {
  const query = `WorkflowType = 'WatchFlowRuns' AND TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  const { workflowId, runId } = await eventually(async () => {
    for await (const running of client.workflow.list({ query })) return running;
    return undefined;
  });
  await client.workflow.getHandle(workflowId, runId).result();
  return { workflowId, firstExecutionRunId: runId };
}

export const WATCHER_SCENARIOS: Record<string, Scenario> = {
  'is-watched': {
    input: (harness) => ({ ...harness.flow({ duration: '2s', result: { Booking: 'B-1' } }), poll: shared }),
  },
  'is-watched-and-cancelled': {
    input: (harness) => ({ ...harness.flow({ duration: '1h' }), poll: shared }),
    async meanwhile(handle) {
      await handle.executeUpdate('awaitFlowSession');
      await handle.cancel();
    },
  },
  'is-watched-and-left-in-the-queue': {
    input: (harness) => ({
      ...harness.flow({ ends: { status: 'Waiting', duration: 0 } }),
      poll: shared,
      queueTimeout: '2s',
      onQueueTimeout: 'leave',
    }),
  },
  /** Started as 0.3.0 starts one. */
  'watches-by-single-looks-while-dataverse-is-out-of-reach': {
    workflowType: 'WatchFlowRuns',
    input: () => ({}),
    async meanwhile(handle, harness) {
      const { flowId } = harness.flow({ duration: '20s' });
      const flowSessionId = harness.emulator.startForeignRun({ flowId });
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 2 });
      const poll = { initialInterval: 1000, maximumInterval: 1000, backoffCoefficient: 1 };
      await handle.signal('watchFlowRuns', [{ flowSessionId, workflowId: 'nobody', poll }]);
    },
  },
  'is-watched-and-fetches-its-outputs': {
    input: (harness) => ({ ...harness.flow({ duration: '2s', resultSize: 100_000 }), poll: shared }),
  },
  watches: {
    input: (harness) => ({ ...harness.flow({ duration: '4s' }), poll: shared }),
    recorded: watcher,
  },
  'watches-what-is-hidden': {
    input(harness) {
      const input = { ...harness.flow({ duration: '1s' }), poll: shared };
      harness.emulator.inject({ on: 'trigger', kind: 'invisible', duration: '3s', flowId: input.flowId });
      return input;
    },
    recorded: watcher,
  },
  'watches-while-dataverse-is-out-of-reach': {
    input(harness) {
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 503, times: 1 });
      return { ...harness.flow({ duration: '1s' }), poll: shared };
    },
    recorded: watcher,
  },
  'watches-until-it-is-refused': {
    input(harness) {
      harness.emulator.inject({ on: 'query', kind: 'status', httpStatus: 403, times: 1 });
      return { ...harness.flow({ duration: '1s' }), poll: shared };
    },
    recorded: watcher,
  },
};
