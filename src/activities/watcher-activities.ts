/** HOST: the activities of the workflow `WatchFlowRuns`: one look at many robots, and what their runs are told. */
import { getClient } from '@temporalio/activity';
import { tellWorkflow } from '../callback/tell-workflow';
import { DESKTOP_FLOW_COMPLETED } from '../common/messages';
import { isTerminal } from '../common/status';
import { DESKTOP_FLOW_ENDED, type WatchedRunsInput, type WatcherActivities } from '../common/watch';
import type { DataverseClient, FlowSession } from '../dataverse';
import type { Connector } from './connect';
import { asPassing, toApplicationFailure } from './failures';
import { describeEnd } from './get-flow-run-status';
import { tellWatcher } from './watch';

/** Signals that are under way at once. */
const SIGNALS_AT_ONCE = 50;

type Address = WatchedRunsInput['runs'][number];

export function createWatcherActivities(connect: Connector): WatcherActivities {
  return {
    async lookAtFlowRuns({ runs, ...target }) {
      const { client, sessions } = await ask(connect, target, runs);
      const found = new Map(sessions.map((session) => [session.flowSessionId, session]));
      const missing = runs.filter(({ flowSessionId }) => !found.has(flowSessionId));
      const over = runs.flatMap((run) => {
        const session = found.get(run.flowSessionId);
        return session && isTerminal(session.statusCode) ? [{ ...run, session }] : [];
      });
      const told = await forEachOf(over, async ({ session, workflowId }) => {
        const end = await describeEnd(client, session);
        await tellWorkflow(getClient(), workflowId, DESKTOP_FLOW_ENDED, end);
      });
      return { ended: told.map(idOf), missing: missing.map(idOf) };
    },

    async wakeFlowRuns({ runs }) {
      await forEachOf(runs, ({ workflowId, flowSessionId }) =>
        tellWorkflow(getClient(), workflowId, DESKTOP_FLOW_COMPLETED, { flowSessionId }),
      );
    },

    handOverFlowRuns: ({ watcher, taskQueue, runs, ...target }) =>
      tellWatcher(getClient(), { watcher, taskQueue, target }, runs),
  };
}

async function ask(
  connect: Connector,
  target: Omit<WatchedRunsInput, 'runs'>,
  runs: readonly Address[],
): Promise<{ client: DataverseClient; sessions: FlowSession[] }> {
  try {
    const client = await connect(target);
    return { client, sessions: await client.getFlowSessions(runs.map(idOf)) };
  } catch (error) {
    throw toApplicationFailure(asPassing(error));
  }
}

/** Answers those with which it worked; the others come again with the next look. */
async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<T[]> {
  const done: T[] = [];
  for (let start = 0; start < items.length; start += SIGNALS_AT_ONCE) {
    const some = items.slice(start, start + SIGNALS_AT_ONCE);
    const results = await Promise.allSettled(some.map(work));
    done.push(...some.filter((_, index) => results[index]?.status === 'fulfilled'));
  }
  return done;
}

function idOf({ flowSessionId }: Address): string {
  return flowSessionId;
}
