/**
 * HOST: notices that a watcher stands still: the process that keeps its watch is dead, or no worker takes its tasks, or
 * they fail again and again. A watch whose process is dead is relieved: another process takes it over. Where that does not
 * help either, the runs that this process has handed over look by themselves, until the watcher goes on.
 *
 * Only asks Temporal's server, from outside of any workflow: that is no event of a history, and no action that Temporal
 * Cloud bills. Relieving a watch is one action. So is letting a pinned watcher go on with the version that becomes
 * current, once for each.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { IllegalStateError } from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { DESKTOP_FLOW_COMPLETED } from '../../common/messages';
import { KEEP_WATCH, RELIEVE_WATCH, type WatchedRobot, type WatchReference } from '../../common/watch';
import { signalWorkflow } from '../../temporal/workflow-signal';
import { forEachOf } from './for-each';
import { lastSignOfLife } from './sign-of-life';

/** Between two questions to the server. */
const ASKED_EVERY_MS = 10_000;

/** How long nothing may happen. A worker that is busy, or starts again, takes its time; signs of life come every 10 s. */
const STILL_MS = 25_000;

/** How long another process may take to take over a watch. */
const RELIEVED_WITHIN_MS = 15_000;

/** The server must not keep a robot that is running waiting. */
const DEADLINE_MS = 5_000;

/** Longer than a watcher keeps a robot without an end. */
const KEPT_FOR_MS = 25 * 60 * 60_000;

/** More robots than this are forgotten, the oldest first: their runs look after `fallbackInterval`. */
const MOST_ROBOTS = 20_000;

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw'];
type PendingActivity = NonNullable<Description['pendingActivities']>[number];

/** Of Temporal's enums `PendingWorkflowTaskState`, `PendingActivityState`, `WorkflowExecutionStatus`, `VersioningBehavior`. */
const STARTED = 2;
const CANCEL_REQUESTED = 3;
const RUNNING = 1;
const COMPLETED = 2;
const PINNED = 1;

/** What a watcher waits for. It stands still if this stays the same. */
interface Waiting {
  /** Tells it from what the watcher waits for later. */
  for: string;
  /** By Temporal's clock, epoch milliseconds. */
  at: number | undefined;
  /** The watch that waits for a sign of life of its process. */
  watch?: WatchReference;
}

export class WatcherProgress {
  readonly #client: Client;
  readonly #watcher: string;
  /** By session id, the oldest first. */
  readonly #handed = new Map<string, { workflowId: string; at: number }>();
  /** `since`: from when on this process knows of it, epoch milliseconds. */
  #waiting: (Waiting & { since: number }) | undefined;
  /** The last watch that this process has relieved. */
  #relieved: string | undefined;
  #isTold = false;
  #isForeign = false;
  #asking: Promise<void> | undefined;
  #askedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, watcher: string) {
    this.#client = client;
    this.#watcher = watcher;
  }

  /** Whether it has to be kept in memory. */
  get isInUse(): boolean {
    return this.#handed.size > 0 || this.#isForeign;
  }

  /** Answers by what is known, if that is new enough. A watcher of which nothing is known does not stand still. */
  async standsStill(): Promise<boolean> {
    if (Date.now() - (this.#askedAt ?? 0) >= ASKED_EVERY_MS) await this.#ask();
    return this.#hasWaited(STILL_MS);
  }

  /** Whether it is worth a line in the log that the watcher stands still: once each time. */
  get isNews(): boolean {
    const isNews = !this.#isTold;
    this.#isTold = true;
    return isNews;
  }

  /** Has the runs of these robots woken if the watcher stands still later. */
  handed(robots: readonly WatchedRobot[]): void {
    const at = Date.now();
    for (const { flowSessionId, workflowId } of robots) {
      this.#handed.delete(flowSessionId);
      this.#handed.set(flowSessionId, { workflowId, at });
    }
    this.#askLater();
  }

  /** Has its watch relieved if need be, though it has no robots of this process. */
  observe(): void {
    this.#isForeign = true;
    this.#askLater();
  }

  #hasWaited(forMs: number): boolean {
    return this.#waiting !== undefined && Date.now() - this.#waiting.since >= forMs;
  }

  #askLater(): void {
    for (const [flowSessionId, { at }] of this.#handed) {
      if (this.#handed.size <= MOST_ROBOTS && Date.now() - at < KEPT_FOR_MS) break;
      this.#handed.delete(flowSessionId);
    }
    if (!this.isInUse || this.#timer !== undefined) return;
    this.#timer = setTimeout(async () => {
      await this.#ask();
      await this.#help();
      this.#timer = undefined;
      this.#askLater();
    }, ASKED_EVERY_MS);
    // A process that has nothing else to do may end.
    this.#timer.unref();
  }

  async #ask(): Promise<void> {
    this.#asking ??= this.#see().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async #help(): Promise<void> {
    const { watch } = this.#waiting ?? {};
    if (watch && this.#hasWaited(STILL_MS)) await this.#relieve(watch);
    if (this.#hasWaited(STILL_MS + (watch ? RELIEVED_WITHIN_MS : 0))) await this.#leaveToThemselves();
  }

  /** More than one process may do so: the watcher knows which watch is meant. */
  async #relieve(watch: WatchReference): Promise<void> {
    const { for: what } = this.#waiting ?? {};
    if (this.#relieved === what) return;
    this.#relieved = what;
    await signalWorkflow(this.#client, this.#watcher, RELIEVE_WATCH, watch).catch(() => {
      this.#relieved = undefined;
    });
  }

  async #see(): Promise<void> {
    try {
      const { raw } = await this.#client.withDeadline(Date.now() + DEADLINE_MS, () =>
        this.#client.workflow.getHandle(this.#watcher).describe(),
      );
      const { status, execution } = raw.workflowExecutionInfo ?? {};
      if (status === RUNNING) {
        const watch = raw.pendingActivities?.find(isKept);
        this.#waits(
          watch
            ? await this.#watchWaitsFor(watch, execution?.runId ?? '')
            : taskWaitsFor(raw.pendingWorkflowTask),
        );
        await this.#unpin(raw);
      } else if (status === COMPLETED) this.#isOver();
      // Somebody has ended it before its time: nobody watches its robots.
      else await this.#leaveToThemselves().then(() => this.#isOver());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) this.#isOver();
      // Nobody can be woken by a closed connection.
      if (error instanceof IllegalStateError) this.#isOver();
      // Temporal is out of reach: nothing new is known.
    } finally {
      this.#askedAt = Date.now();
    }
  }

  #isOver(): void {
    this.#waiting = undefined;
    this.#isForeign = false;
    this.#handed.clear();
  }

  #waits(waiting: Waiting | undefined): void {
    if (waiting === undefined) {
      this.#waiting = undefined;
      this.#isTold = false;
      return;
    }
    const before = this.#waiting;
    const since = before?.for === waiting.for ? before.since : this.#sinceWhen(waiting.at);
    if (before?.for !== waiting.for && waiting.watch) this.#isTold = false;
    this.#waiting = { ...waiting, since };
  }

  /**
   * Believes Temporal's clock only where this process sees the watcher for the first time: then a run need not wait for as
   * long as others did. A clock that goes wrong does no harm: the run looks by itself until the next question.
   */
  #sinceWhen(at: number | undefined): number {
    if (this.#askedAt !== undefined) return Date.now();
    return Math.min(Date.now(), at ?? Date.now());
  }

  /** A watch waits to be started by a worker, then for the next sign of life of that worker. */
  async #watchWaitsFor(activity: PendingActivity, runId: string): Promise<Waiting> {
    const { activityId = '', attempt = 1, state, scheduledTime, lastStartedTime } = activity;
    const watch = { activityId: activityId ?? '' };
    const name = `${runId}/${watch.activityId}`;
    if (state !== STARTED) return { for: `${name}, start`, at: optionalTsToMs(scheduledTime) };
    const identity = { watcher: this.#watcher, runId, ...watch, attempt: attempt ?? 1 };
    const at = await lastSignOfLife(this.#client, identity);
    // The same as above: one that fails at once, again and again, is started and not started in turn.
    if (at === undefined) return { for: `${name}, start`, at: optionalTsToMs(lastStartedTime), watch };
    return { for: `${name}, after ${at}`, at, watch };
  }

  async #leaveToThemselves(): Promise<void> {
    const runs = [...this.#handed].map(([flowSessionId, { workflowId }]) => ({ flowSessionId, workflowId }));
    const woken = await wakeRuns(this.#client, runs);
    for (const { flowSessionId } of woken) this.#handed.delete(flowSessionId);
  }

  /**
   * Lets a watcher go on with the version that becomes current, where its worker pins workflows to a version: it serves the
   * runs of all. The workflow cannot say so itself, because the server refuses that from a worker without versions. What
   * an operator has set stays; where Temporal refuses, the watcher stays where it is.
   */
  async #unpin({ workflowExecutionInfo: info }: Description): Promise<void> {
    const { behavior, versioningOverride } = info?.versioningInfo ?? {};
    if (behavior !== PINNED || versioningOverride) return;
    const { workflowService, options } = this.#client;
    await this.#client
      .withDeadline(Date.now() + DEADLINE_MS, () =>
        workflowService.updateWorkflowExecutionOptions({
          namespace: options.namespace,
          workflowExecution: { workflowId: this.#watcher },
          workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
          updateMask: { paths: ['versioning_override'] },
        }),
      )
      .catch(() => undefined);
  }
}

/** Not so one that was relieved: where its process is dead, nobody answers, and it is pending until its time is over. */
function isKept({ activityType, state }: PendingActivity): boolean {
  return activityType?.name === KEEP_WATCH && state !== CANCEL_REQUESTED;
}

/** A task that fails is scheduled again as its next attempt; one that succeeds is followed by a first attempt. */
function taskWaitsFor(task: Description['pendingWorkflowTask']): Waiting | undefined {
  const attempt = task?.attempt ?? 1;
  const isBeingDone = task?.state === STARTED && attempt <= 1;
  if (!task || isBeingDone) return undefined;
  const at = optionalTsToMs(task.scheduledTime);
  return { for: attempt > 1 ? 'a task that does not fail' : `the task of ${at}`, at };
}

type Address = Pick<WatchedRobot, 'flowSessionId' | 'workflowId'>;

/** Makes each run look by itself. Returns those that were reached, or are over. */
export function wakeRuns(client: Client, runs: readonly Address[]): Promise<Address[]> {
  return forEachOf(runs, ({ workflowId, flowSessionId }) =>
    signalWorkflow(client, workflowId, DESKTOP_FLOW_COMPLETED, { flowSessionId }),
  );
}
