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
import { RecentlyUsed } from '../../common/recently-used';
import { holdsReference } from '../../common/schema/secret-references';
import { FORGET_WATCHED, WATCH_FLOW_RUNS, WATCH_MORE, type WatchedRobot } from '../../common/watch';
import { type DataverseClient, digest } from '../../dataverse';
import type { CreateActivitiesOptions } from '../support/options';
import { WatcherProgress } from './progress';

const SAME_MOMENT_MS = 50;
const MOST_IN_ONE_SIGNAL = 300;

/** Its run can look by itself, so a robot that is running does not wait for a watcher for long. */
const DEADLINE_MS = 5_000;

/** Hands the robot to a watcher. The result has no watcher where the caller wants none, or none can be reached. */
export type HandOver = (
  client: DataverseClient,
  input: DataverseTarget & { watch?: Backoff },
  flowSessionId: string,
) => Promise<WatchedResult>;

interface OfClient {
  /** The robots that go in one signal, by watcher. */
  loaders: Map<string, Gathering>;
  progresses: RecentlyUsed<WatcherProgress>;
}

/** Resolves to whether the watcher takes the robot. */
type Gathering = DataLoader<WatchedRobot, boolean>;

/** Besides those that have robots. */
const MOST_WATCHERS = 100;

function newOfClient(): OfClient {
  return { loaders: new Map(), progresses: new RecentlyUsed(MOST_WATCHERS, ({ isInUse }) => isInUse) };
}

export function createHandOver({ watcherTaskQueue: taskQueue }: CreateActivitiesOptions): HandOver {
  // By client: one object of activities may serve workers of several namespaces.
  const ofClient = new WeakMap<Client, OfClient>();
  return async ({ organization }, input, flowSessionId) => {
    const { workflowExecution } = activityInfo();
    if (taskQueue === undefined || input.watch === undefined || workflowExecution === undefined) return {};
    const target = targetOf(input);
    const watcher = watcherId(organization, target, taskQueue);
    const client = getClient();
    const { loaders, progresses } = ofClient.get(client) ?? newOfClient();
    ofClient.set(client, { loaders, progresses });
    const progress = progresses.get(watcher, () => new WatcherProgress(client, watcher));
    const loader =
      loaders.get(watcher) ??
      inOneSignal(client, { watcher, taskQueue, target }, progress, () => loaders.delete(watcher));
    loaders.set(watcher, loader);
    try {
      const isTaken = await loader.load({
        flowSessionId,
        workflowId: workflowExecution.workflowId,
        poll: input.watch,
      });
      return isTaken ? { watcher } : {};
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

/** Signals the watcher, and starts it where it does not run. */
export async function startOrSignalWatcher(
  client: Client,
  { watcher, taskQueue, target }: WatcherAddress,
  runs: readonly WatchedRobot[],
): Promise<void> {
  await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.signalWithStart(WATCH_FLOW_RUNS, {
      workflowId: watcher,
      taskQueue,
      args: [target, null, { keepsWatch: true }],
      signal: WATCH_MORE,
      signalArgs: [runs],
    }),
  );
}

/** Asks a watcher to forget robots. Ignores a failure: a watcher that is over watches nothing. */
export async function forgetAt(
  client: Client,
  watcher: string,
  flowSessionIds: readonly string[],
): Promise<void> {
  await client.workflow
    .getHandle(watcher)
    .signal(FORGET_WATCHED, flowSessionIds)
    .catch(() => undefined);
}

/** @param sending is called when the signal is sent: later robots need another one. */
function inOneSignal(
  client: Client,
  address: WatcherAddress,
  progress: WatcherProgress,
  sending: () => void,
): Gathering {
  return new DataLoader(
    async (robots) => {
      const isTaken = !(await progress.standsStill());
      if (isTaken) {
        await startOrSignalWatcher(client, address, robots);
        progress.handed(robots);
      } else if (progress.isNews) {
        const { watcher } = address;
        log.warn('The watcher stands still: no worker takes its task. Runs look by themselves', { watcher });
      }
      return robots.map(() => isTaken);
    },
    {
      cache: false,
      maxBatchSize: MOST_IN_ONE_SIGNAL,
      batchScheduleFn: (send) =>
        setTimeout(() => {
          sending();
          send();
        }, SAME_MOMENT_MS),
    },
  );
}

/**
 * One watcher for each organization and credential; the number at the end is for those that follow when it is full. The id
 * is made of references and not of what they stand for: everybody can read it.
 */
function watcherId(
  organization: string,
  { organizationUri = '', authentication }: DataverseTarget,
  taskQueue: string,
): string {
  const isNamed = holdsReference(organizationUri);
  const host = isNamed ? 'secret' : new URL(organization).host;
  const hashed = [isNamed ? organizationUri : organization, authentication ?? null, taskQueue];
  return `watch-flow-runs/${host}/${digest(hashed).slice(0, 12)}/0`;
}
