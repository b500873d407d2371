/**
 * HOST: hands robots to a watcher. Those that are started in the same moment go in one signal: each signal is an action
 * that Temporal Cloud bills, and a task for the watcher.
 */
import { activityInfo, getClient, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import DataLoader from 'dataloader';
import type { DataverseTarget, WatchedResult } from '../../common/activities';
import type { Backoff } from '../../common/backoff';
import { targetOf } from '../../common/input';
import { messageOf } from '../../common/message-of';
import { WATCH_FLOW_RUNS, WATCH_MORE, type WatchedRun } from '../../common/watch';
import { type DataverseClient, digest } from '../../dataverse';
import type { CreateActivitiesOptions } from '../support/options';

const SAME_MOMENT_MS = 50;
const MOST_IN_ONE_SIGNAL = 300;

/** The robot is running, and its run can look by itself: nothing is to wait for a watcher for long. */
const DEADLINE_MS = 5_000;

/** Answers no watcher where none is wanted, offered or reached. */
export type Watch = (
  client: DataverseClient,
  input: DataverseTarget & { watch?: Backoff },
  flowSessionId: string,
) => Promise<WatchedResult>;

export function createWatch({ watcherTaskQueue: taskQueue }: CreateActivitiesOptions): Watch {
  const loaders = new Map<string, DataLoader<WatchedRun, void>>();
  return async ({ organization }, input, flowSessionId) => {
    const { workflowExecution } = activityInfo();
    if (taskQueue === undefined || input.watch === undefined || workflowExecution === undefined) return {};
    const target = targetOf(input);
    const watcher = watcherId(organization, target, taskQueue);
    const loader = loaders.get(watcher) ?? inOneSignal(getClient(), { watcher, taskQueue, target });
    loaders.set(watcher, loader);
    try {
      await loader.load({ flowSessionId, workflowId: workflowExecution.workflowId, poll: input.watch });
      return { watcher };
    } catch (error) {
      log.warn('The robot cannot be handed to a watcher; its run looks by itself', { why: messageOf(error) });
      return {};
    }
  };
}

export interface WatcherAddress {
  /** Workflow id. */
  watcher: string;
  taskQueue: string;
  target: DataverseTarget;
}

/** Starts the watcher where it does not run. */
export async function startOrSignalWatcher(
  client: Client,
  { watcher, taskQueue, target }: WatcherAddress,
  runs: readonly WatchedRun[],
): Promise<void> {
  await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.signalWithStart(WATCH_FLOW_RUNS, {
      workflowId: watcher,
      taskQueue,
      args: [target],
      signal: WATCH_MORE,
      signalArgs: [runs],
    }),
  );
}

function inOneSignal(client: Client, address: WatcherAddress): DataLoader<WatchedRun, void> {
  return new DataLoader(
    async (runs) => {
      await startOrSignalWatcher(client, address, runs);
      return runs.map(() => undefined);
    },
    {
      cache: false,
      maxBatchSize: MOST_IN_ONE_SIGNAL,
      batchScheduleFn: (send) => setTimeout(send, SAME_MOMENT_MS),
    },
  );
}

/** One for each organization and credential; the number at its end is for those that follow when it is full. */
function watcherId(organization: string, { authentication }: DataverseTarget, taskQueue: string): string {
  const { host } = new URL(organization);
  const hash = digest([organization, authentication ?? null, taskQueue]).slice(0, 12);
  return `watch-flow-runs/${host}/${hash}/0`;
}
