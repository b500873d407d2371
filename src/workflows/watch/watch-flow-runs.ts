/**
 * SANDBOX: the workflow `WatchFlowRuns`: one look for many robots. It knows which robots there are, and has them watched:
 * a *watch* is an activity that looks at all of them, at the shortest interval that any of their runs wants, and signals
 * the run of each robot that has ended. Nothing depends on it: a run that hears nothing looks for itself, a little later.
 *
 * A watch reads the robots, and the messages that come while it looks, from the history of this workflow: so they are in
 * no input, and a message costs the watch nothing.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DataverseTarget } from '../../common/activities';
import {
  LINGER_MS,
  LONG_WATCHER_HISTORY,
  toSessionIds,
  toWatchedRobots,
  WATCHED_BY_ONE,
  type WatcherActivities,
  type WatchResult,
} from '../../common/watch';
import { WatchedRobots } from '../../common/watched-robots';
import { hasLongHistory } from '../support/long-history';
import { forgetWatchedSignal, relieveWatchSignal, watchMoreSignal } from '../support/messages';
import { forgetAt } from './forget';
import { handOver, leaveToThemselves } from './local-activities';
import { lookWhenDue } from './single-looks';
import type { WatcherState } from './state';

const { keepWatch } = proxyActivities<Pick<WatcherActivities, 'keepWatch'>>({
  // The last resort: worker processes notice much sooner that one of them is dead, and have its watch relieved.
  startToCloseTimeout: '35m',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/**
 * @param carried only for continue-as-new: the robots of the previous execution in the chain.
 * @param options how it looks. Absent in watchers that 0.3.0 or older has started, until they continue as new.
 */
export async function watchFlowRuns(
  target: DataverseTarget,
  carried?: WatcherState | null,
  options?: WatcherOptions,
): Promise<void> {
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const before = isContinued ? carried : undefined;
  const watched = new WatchedRobots(before?.runs);
  const relief = new Relief();
  let next = before?.next;
  setHandler(watchMoreSignal, (message) => {
    watched.countMessage();
    for (const robot of toWatchedRobots(message)) watched.add(robot, Date.now());
  });
  setHandler(forgetWatchedSignal, async (message) => {
    watched.countMessage();
    const unknown = watched.forget(toSessionIds(message));
    if (next !== undefined && unknown.length > 0) await forgetAt(next, unknown);
  });
  setHandler(relieveWatchSignal, (message) => relief.of(message?.activityId));

  for (let watches = 0, hasLingered = false; ; ) {
    // What goes into a new history has to fit into one payload.
    for (let tooMany = watched.beyond(WATCHED_BY_ONE); tooMany.length > 0; ) {
      next = await handOver(target, watched, tooMany);
      tooMany = watched.beyond(WATCHED_BY_ONE);
    }
    if (hasLongHistory(LONG_WATCHER_HISTORY)) {
      const state = { runs: watched.all(), ...(next && { next }) };
      await continueAsNew<typeof watchFlowRuns>(target, state, { keepsWatch: true });
    }
    if (watched.size === 0) {
      if (hasLingered) return;
      await condition(() => watched.size > 0, LINGER_MS, { summary: 'Until there is a robot to watch' });
      if (watched.size === 0) return;
    }
    if (!options?.keepsWatch) {
      await lookWhenDue(target, watched);
      continue;
    }
    const result = await watch(`watch-${++watches}`, target, watched, relief);
    if (result === undefined) continue;
    watched.release(result);
    next = result.next ?? next;
    // It ends early where there is nothing left to look at.
    hasLingered = true;
  }
}

interface WatcherOptions {
  /** It has its robots looked at by watches, and not by itself, look by look. */
  keepsWatch?: boolean;
}

/** Lets a watch end whose process is dead. */
class Relief {
  #current: { activityId: string; scope: CancellationScope } | undefined;

  async while<T>(activityId: string, work: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    this.#current = { activityId, scope };
    return await scope.run(work);
  }

  of(activityId: unknown): void {
    if (this.#current?.activityId === activityId) this.#current?.scope.cancel();
  }
}

/** @returns undefined where the watch has ended without a report: its robots are watched by the next one. */
async function watch(
  activityId: string,
  target: DataverseTarget,
  watched: WatchedRobots,
  relief: Relief,
): Promise<WatchResult | undefined> {
  const summary = `Watching ${watched.size} robots and those that come`;
  try {
    return await relief.while(activityId, () =>
      keepWatch.executeWithOptions({ activityId, summary }, [target]),
    );
  } catch (error) {
    if (isCancellation(error)) {
      if (CancellationScope.current().consideredCancelled) throw error;
      log.warn('The worker that kept this watch is gone; another one takes over', { activityId });
      return undefined;
    }
    log.warn('Many robots cannot be watched together: each run looks for itself', { error });
    await leaveToThemselves(target, watched, watched.all());
    return undefined;
  }
}
