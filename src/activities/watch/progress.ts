/**
 * HOST: notices that a watcher stands still: no worker takes its workflow task, or the task fails again and again. Then
 * the runs that this process has handed over look by themselves, until the watcher goes on.
 *
 * Only asks Temporal's server, from outside of any workflow: that is no event of a history, and no action that Temporal
 * Cloud bills. Also lets a pinned watcher go on with the version that becomes current, once for each, which is one action.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { IllegalStateError } from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { DESKTOP_FLOW_COMPLETED } from '../../common/messages';
import type { WatchedRobot } from '../../common/watch';
import { signalWorkflow } from '../../temporal/workflow-signal';
import { forEachOf } from './for-each';

/** Between two questions to the server. A run notices within `STILL_MS` and twice this time. */
const ASKED_EVERY_MS = 10_000;

/** How long one task may wait: a worker that is busy, or starts again, takes its time. */
const STILL_MS = 25_000;

/** The server must not keep a robot that is running waiting. */
const DEADLINE_MS = 5_000;

/** Longer than a watcher keeps a robot without an end. */
const KEPT_FOR_MS = 25 * 60 * 60_000;

/** More robots than this are forgotten, the oldest first: their runs look after `fallbackInterval`. */
const MOST_ROBOTS = 20_000;

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw'];

/** Of Temporal's enums `PendingWorkflowTaskState`, `WorkflowExecutionStatus` and `VersioningBehavior`. */
const STARTED = 2;
const RUNNING = 1;
const PINNED = 1;

/** A workflow task that nobody has completed. */
interface WaitingTask {
  /** By Temporal's clock, epoch milliseconds. */
  scheduledAt: number | undefined;
  attempt: number;
  /** Since when this process knows of it, epoch milliseconds. */
  since: number;
}

export class WatcherProgress {
  readonly #client: Client;
  readonly #watcher: string;
  /** By session id, the oldest first. */
  readonly #handed = new Map<string, { workflowId: string; at: number }>();
  #waiting: WaitingTask | undefined;
  #isTold = false;
  #asking: Promise<void> | undefined;
  #askedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, watcher: string) {
    this.#client = client;
    this.#watcher = watcher;
  }

  /** Whether it has to be kept in memory. */
  get isInUse(): boolean {
    return this.#handed.size > 0;
  }

  /** Answers by what is known, if that is new enough. A watcher of which nothing is known does not stand still. */
  async standsStill(): Promise<boolean> {
    if (Date.now() - (this.#askedAt ?? 0) >= ASKED_EVERY_MS) await this.#ask();
    return this.#isStill;
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

  get #isStill(): boolean {
    return this.#waiting !== undefined && Date.now() - this.#waiting.since >= STILL_MS;
  }

  #askLater(): void {
    for (const [flowSessionId, { at }] of this.#handed) {
      if (this.#handed.size <= MOST_ROBOTS && Date.now() - at < KEPT_FOR_MS) break;
      this.#handed.delete(flowSessionId);
    }
    if (this.#handed.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(async () => {
      await this.#ask();
      if (this.#isStill) await this.#leaveToThemselves();
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

  async #see(): Promise<void> {
    try {
      const { raw } = await this.#client.withDeadline(Date.now() + DEADLINE_MS, () =>
        this.#client.workflow.getHandle(this.#watcher).describe(),
      );
      if (raw.workflowExecutionInfo?.status === RUNNING) {
        this.#judge(raw.pendingWorkflowTask);
        await this.#unpin(raw);
      } else this.#isOver();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) this.#isOver();
      // Nobody can be woken by a closed connection.
      if (error instanceof IllegalStateError) this.#handed.clear();
      // Temporal is out of reach: nothing new is known.
    } finally {
      this.#askedAt = Date.now();
    }
  }

  #isOver(): void {
    this.#waiting = undefined;
    this.#handed.clear();
  }

  #judge(task: Description['pendingWorkflowTask']): void {
    const attempt = task?.attempt ?? 1;
    const isBeingDone = task?.state === STARTED && attempt <= 1;
    if (!task || isBeingDone) {
      this.#waiting = undefined;
      this.#isTold = false;
      return;
    }
    const scheduledAt = optionalTsToMs(task.scheduledTime);
    const before = this.#waiting;
    const isSame = before !== undefined && isStillThere(before, { scheduledAt, attempt });
    this.#waiting = { scheduledAt, attempt, since: isSame ? before.since : this.#sinceWhen(scheduledAt) };
  }

  /**
   * Believes Temporal's clock only where this process sees the watcher for the first time: then a run need not wait for as
   * long as others did. A clock that goes wrong does no harm: the run looks by itself until the next question.
   */
  #sinceWhen(scheduledAt: number | undefined): number {
    if (this.#askedAt !== undefined) return Date.now();
    return Math.min(Date.now(), scheduledAt ?? Date.now());
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

/** A task that fails is scheduled again as its next attempt; one that succeeds is followed by a first attempt. */
function isStillThere(before: WaitingTask, now: Omit<WaitingTask, 'since'>): boolean {
  if (now.attempt > 1) return now.attempt >= before.attempt;
  return now.scheduledAt === before.scheduledAt;
}

type Address = Pick<WatchedRobot, 'flowSessionId' | 'workflowId'>;

/** Makes each run look by itself. Returns those that were reached, or are over. */
export function wakeRuns(client: Client, runs: readonly Address[]): Promise<Address[]> {
  return forEachOf(runs, ({ workflowId, flowSessionId }) =>
    signalWorkflow(client, workflowId, DESKTOP_FLOW_COMPLETED, { flowSessionId }),
  );
}
