/**
 * HOST: the activity `keepWatch`: one worker process looks at all robots of a watcher, again and again. It ends after some
 * minutes, when its worker shuts down, and when there is nothing left to look at; then it reports, and the watcher has
 * the next one kept. It sends no heartbeats; `sign-of-life.ts` says why, and what there is instead.
 */
import { activityInfo, cancellationSignal, getClient, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { DataverseTarget } from '../../common/activities';
import { detailsOf } from '../../common/failure-details';
import { messageOf } from '../../common/message-of';
import {
  FAILED_LOOK_MS,
  LINGER_MS,
  LONG_WATCHER_HISTORY,
  nextWatcher,
  SHORTEST_INTERVAL_MS,
  WATCHED_BY_ONE,
  type WatchResult,
} from '../../common/watch';
import { addressOf, type WatchedRobotState, WatchedRobots, withoutState } from '../../common/watched-robots';
import type { ClientFor } from '../support/dataverse-clients';
import { Alarm } from './alarm';
import { Census } from './census';
import { EARLY_INTERVAL_MS, EarlyLooks } from './early-looks';
import { forgetAt, startOrSignalWatcher } from './hand-over';
import { lookAt } from './look';
import { wakeRuns } from './progress';
import { showLife } from './sign-of-life';
import { followWatcher, type WatcherNews } from './watcher-history';

/** Shorter than the time-out of the activity, by more than a look can take. */
const LASTS_MS = 30 * 60_000;

/** The watcher has to know them sometime: it hands what it knows to its next execution. */
const MOST_UNREPORTED = 1_000;

export interface WatchOptions {
  shutdown: AbortSignal | undefined;
  /** Whether runs are told the names of their machines. */
  withMachine: boolean | undefined;
}

export class Watch {
  readonly #clientFor: ClientFor;
  readonly #target: DataverseTarget;
  readonly #shutdown: AbortSignal | undefined;
  readonly #withMachine: boolean | undefined;
  readonly #client: Client = getClient();
  readonly #robots = new WatchedRobots();
  /** Robots that nobody has looked at yet. */
  readonly #young = new Set<string>();
  readonly #early = new EarlyLooks();
  readonly #census = new Census();
  readonly #released = new Set<string>();
  readonly #handedOver = new Set<string>();
  /** Rings when there is news. */
  readonly #news = new Alarm();
  readonly #replaced = new AbortController();
  #next: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lastEvent = 0;
  /** Whether all is known that came before this watch. */
  #isInformed = false;

  constructor(clientFor: ClientFor, target: DataverseTarget, { shutdown, withMachine }: WatchOptions) {
    this.#clientFor = clientFor;
    this.#target = target;
    this.#shutdown = shutdown;
    this.#withMachine = withMachine;
  }

  async keep(): Promise<WatchResult> {
    const { workflowExecution, activityId, attempt } = activityInfo();
    if (workflowExecution === undefined) throw ApplicationFailure.nonRetryable('A watch needs its watcher');
    const { workflowId, runId } = workflowExecution;
    const over = new AbortController();
    const signals = [cancellationSignal(), this.#shutdown, this.#replaced.signal, over.signal];
    const until = AbortSignal.any(signals.filter((signal) => signal !== undefined));
    const client = this.#client;
    const background = [
      showLife(client, { watcher: workflowId, runId, activityId, attempt }, until),
      followWatcher({ client, workflowId, runId, activityId }, (...news) => this.#hear(...news), until),
    ];
    try {
      await this.#lookUntil(until, Date.now() + LASTS_MS);
    } finally {
      over.abort();
      this.#census.end();
      await Promise.all(background);
    }
    const { messages } = this.#robots;
    return { released: [...this.#released], messages, ...(this.#next && { next: this.#next }) };
  }

  async #lookUntil(until: AbortSignal, endsAt: number): Promise<void> {
    while (!until.aborted && Date.now() < endsAt && !this.#hasToReport) {
      const isEmpty = this.#isInformed && this.#robots.size === 0;
      const waitMs = isEmpty ? LINGER_MS : Math.min(this.#nextLookAt(), endsAt) - Date.now();
      if (waitMs > 0) {
        const isRung = await this.#news.rings(waitMs, until);
        if (isEmpty && !isRung) return;
        continue;
      }
      await this.#handOver(this.#robots.beyond(WATCHED_BY_ONE));
      await this.#lookAtDue();
    }
  }

  get #hasToReport(): boolean {
    return this.#released.size >= MOST_UNREPORTED || this.#lastEvent >= LONG_WATCHER_HISTORY;
  }

  #nextLookAt(): number {
    if (!this.#isInformed) return Number.POSITIVE_INFINITY;
    const isEarly = this.#early.areOn && this.#young.size > 0;
    const interval = isEarly ? EARLY_INTERVAL_MS : SHORTEST_INTERVAL_MS;
    return Math.max(this.#lookedAt + interval, this.#robots.nextDueAt());
  }

  async #lookAtDue(): Promise<void> {
    const asked = this.#robots.due(Date.now());
    if (asked.length === 0) return;
    this.#lookedAt = Date.now();
    try {
      const { ended, missing, sessions } = await lookAt(
        this.#clientFor,
        { ...this.#target, runs: asked.map(addressOf) },
        this.#withMachine,
      );
      this.#census.see(sessions);
      this.#learn(asked, ended);
      this.#release(ended);
      this.#census.count(this.#robots.all());
      this.#robots.wereSeen(asked, missing, Date.now());
      await this.#leaveToThemselves(this.#robots.doubtful(Date.now()));
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || !error.nonRetryable) {
        const { retryAfterMs = FAILED_LOOK_MS } = detailsOf(error).dataverse ?? {};
        this.#robots.postpone(Date.now() + retryAfterMs);
        return;
      }
      const why = messageOf(error);
      log.warn('Dataverse refuses to be asked for many robots: each run looks for itself', { why });
      await this.#leaveToThemselves(this.#robots.all());
    }
  }

  #learn(asked: readonly WatchedRobotState[], ended: readonly string[]): void {
    const first = asked.filter(({ flowSessionId }) => this.#young.delete(flowSessionId));
    const over = new Set(ended);
    const endedFirst = first.filter(({ flowSessionId }) => over.has(flowSessionId));
    this.#early.learn(first.length, endedFirst.length, Date.now());
  }

  async #leaveToThemselves(robots: readonly WatchedRobotState[]): Promise<void> {
    if (robots.length === 0) return;
    this.#release(robots.map(({ flowSessionId }) => flowSessionId));
    // A run that cannot be reached looks by itself anyway.
    await wakeRuns(this.#client, robots);
  }

  async #handOver(tooMany: readonly WatchedRobotState[]): Promise<void> {
    if (tooMany.length === 0) return;
    const { workflowExecution, taskQueue } = activityInfo();
    const watcher = nextWatcher(workflowExecution?.workflowId ?? '');
    const robots = tooMany.map(withoutState);
    try {
      await startOrSignalWatcher(this.#client, { watcher, taskQueue, target: this.#target }, robots);
      this.#next = watcher;
      for (const { flowSessionId } of tooMany) this.#handedOver.add(flowSessionId);
      this.#release(tooMany.map(({ flowSessionId }) => flowSessionId));
    } catch (error) {
      const why = messageOf(error);
      log.warn('Robots cannot be handed to another watcher: each run looks for itself', { why });
      await this.#leaveToThemselves(tooMany);
    }
  }

  #release(flowSessionIds: readonly string[]): void {
    this.#robots.forget(flowSessionIds);
    for (const id of flowSessionIds) {
      this.#released.add(id);
      this.#young.delete(id);
    }
  }

  #hear(news: WatcherNews, eventId: number): void {
    this.#lastEvent = eventId;
    if (news.kind === 'more') {
      this.#robots.countMessage();
      for (const robot of news.robots) {
        const dueAt = this.#isInformed && this.#early.areOn ? Date.now() : undefined;
        this.#robots.add(robot, this.#here(news.at), dueAt);
        this.#young.add(robot.flowSessionId);
        // It came again.
        this.#released.delete(robot.flowSessionId);
        this.#handedOver.delete(robot.flowSessionId);
      }
    } else if (news.kind === 'forget') {
      this.#robots.countMessage();
      const unknown = this.#robots.forget(news.flowSessionIds);
      const handedOver = unknown.filter((id) => this.#handedOver.delete(id));
      if (this.#next && handedOver.length > 0) forgetAt(this.#client, this.#next, handedOver);
    } else if (news.kind === 'carried') {
      for (const { since, dueAt: _old, missingSince: _before, ...robot } of news.runs) {
        this.#robots.add(robot, this.#here(since));
      }
    } else if (news.kind === 'reported') {
      this.#robots.release(news.result);
      this.#next = news.result.next ?? this.#next;
      this.#young.clear();
    } else if (news.kind === 'replaced') {
      this.#replaced.abort();
    } else {
      this.#isInformed = true;
    }
    this.#news.ring();
  }

  /** The time of an event by this machine's clock, which may differ from the server's. */
  #here(at: number): number {
    const { currentAttemptScheduledTimestampMs: startedAt } = activityInfo();
    return this.#isInformed ? Date.now() : Date.now() - Math.max(0, startedAt - at);
  }
}
