/** HOST: what the history of a watcher tells its watch: which robots there are, and whether the watch is still wanted. */
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import {
  FORGET_WATCHED,
  KEEP_WATCH,
  toSessionIds,
  toWatchedRobots,
  WATCH_MORE,
  type WatchedRobot,
  type WatchResult,
} from '../../common/watch';
import type { WatchedRobotState } from '../../common/watched-robots';
import { isNotFound } from '../../temporal/grpc-errors';
import { longPoll } from '../../temporal/long-poll';
import { isStorageTrouble, readPayloads } from '../../temporal/payloads';
import { pause } from '../support/pause';

type HistoryEvent = NonNullable<History['events']>[number];

export type WatcherNews =
  /** Robots of the execution before this one, which it has continued. */
  | { kind: 'carried'; runs: WatchedRobotState[] }
  /** `at`: epoch milliseconds, by the server's clock. */
  | { kind: 'more'; robots: WatchedRobot[]; at: number }
  | { kind: 'forget'; flowSessionIds: string[] }
  /** A watch before has ended with this report. */
  | { kind: 'reported'; result: WatchResult }
  /** All that came before the watch was scheduled is told. */
  | { kind: 'scheduled' }
  /** Another watch has its place, or the watcher is over. */
  | { kind: 'replaced' };

/** How long the server may wait for news before it answers that there is none. */
const WAITS_MS = 5_000;

/** Where reading begins there is something to tell, so a server that can follow a history answers at once. */
const ANSWERS_AT_FIRST_MS = 1_000;

const AFTER_FAILURE_MS = 1_000;

export interface WatcherHistory {
  client: Client;
  workflowId: string;
  runId: string;
  /** Of the watch that reads it. */
  activityId: string;
}

/**
 * Tells what has happened since the execution began, then all that happens, as it happens, until the signal is aborted.
 * Reading a history is no action that Temporal Cloud bills.
 * Where Temporal is out of reach it goes on later.
 * @param tell is called for each event in turn, with the number of the event.
 */
export async function followWatcher(
  { client, workflowId, runId, activityId }: WatcherHistory,
  tell: (news: WatcherNews, eventId: number) => void,
  until: AbortSignal,
): Promise<void> {
  const reader = new NewsReader(client, activityId, until);
  const execution = { workflowId, runId };
  let nextPageToken: Uint8Array | undefined;
  let lastEvent = 0;
  const read = (request: { waitNewEvent?: boolean; nextPageToken?: Uint8Array }) =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution,
      ...request,
    });
  const tellAll = async (events: readonly HistoryEvent[]) => {
    for (const event of events) {
      const eventId = Number(event.eventId);
      // Where it had to be read again from its beginning, nothing is told twice.
      if (eventId <= lastEvent) continue;
      lastEvent = eventId;
      for (const news of await reader.newsOf(event)) tell(news, eventId);
    }
  };
  while (!until.aborted) {
    try {
      const forMs = nextPageToken ? WAITS_MS : ANSWERS_AT_FIRST_MS;
      const page = await longPoll(client, { forMs, until }, () =>
        read({ waitNewEvent: true, ...(nextPageToken && { nextPageToken }) }),
      );
      await tellAll(page.history?.events ?? []);
      nextPageToken = page.nextPageToken ?? undefined;
      if (nextPageToken?.length) continue;
    } catch (error) {
      if (isNotFound(error)) return tell({ kind: 'replaced' }, lastEvent);
    }
    if (until.aborted) return;
    // Temporal was out of reach; or it is the server of tests, which gives no token by which reading could go on.
    nextPageToken = undefined;
    const { events } = await client.workflow
      .getHandle(workflowId, runId)
      .fetchHistory()
      .catch((): History => ({}));
    await tellAll(events ?? []);
    await pause(AFTER_FAILURE_MS, until);
  }
}

const CLOSED = [
  'workflowExecutionCompletedEventAttributes',
  'workflowExecutionFailedEventAttributes',
  'workflowExecutionTimedOutEventAttributes',
  'workflowExecutionCanceledEventAttributes',
  'workflowExecutionTerminatedEventAttributes',
  'workflowExecutionContinuedAsNewEventAttributes',
] as const satisfies readonly (keyof HistoryEvent)[];

class NewsReader {
  readonly #client: Client;
  readonly #activityId: string;
  /** Watches, by the id of the event that scheduled them. */
  readonly #watches = new Set<string>();
  #ownEvent: string | undefined;
  readonly #until: AbortSignal;

  constructor(client: Client, activityId: string, until: AbortSignal) {
    this.#client = client;
    this.#until = until;
    this.#activityId = activityId;
  }

  async newsOf(event: HistoryEvent): Promise<WatcherNews[]> {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started?.continuedExecutionRunId) {
      const [, carried] = await this.#decode(started.input?.payloads);
      return [{ kind: 'carried', runs: (carried as { runs?: WatchedRobotState[] } | null)?.runs ?? [] }];
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal?.signalName === WATCH_MORE) {
      const [robots] = await this.#decodeMessage(signal.input?.payloads);
      return [{ kind: 'more', robots: toWatchedRobots(robots), at: optionalTsToMs(event.eventTime) ?? 0 }];
    }
    if (signal?.signalName === FORGET_WATCHED) {
      const [ids] = await this.#decodeMessage(signal.input?.payloads);
      return [{ kind: 'forget', flowSessionIds: toSessionIds(ids) }];
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === KEEP_WATCH) {
      this.#watches.add(String(event.eventId));
      if (scheduled.activityId === this.#activityId) {
        this.#ownEvent = String(event.eventId);
        return [{ kind: 'scheduled' }];
      }
      return this.#ownEvent === undefined ? [] : [{ kind: 'replaced' }];
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && this.#watches.has(String(completed.scheduledEventId))) {
      const [result] = await this.#decode(completed.result?.payloads);
      return [{ kind: 'reported', result: result as WatchResult }];
    }
    const givenUp = event.activityTaskCancelRequestedEventAttributes;
    const isOwn = givenUp && String(givenUp.scheduledEventId) === this.#ownEvent;
    return isOwn || CLOSED.some((attributes) => event[attributes]) ? [{ kind: 'replaced' }] : [];
  }

  /** Anybody in the namespace can send a message: one that cannot be read must not keep the watch from the others. */
  async #decodeMessage(payloads: Parameters<typeof readPayloads>[1]): Promise<unknown[]> {
    return this.#decode(payloads).catch(() => []);
  }

  /** Waits where a part is in an external storage that is down: what is passed over now would never be read again. */
  async #decode(payloads: Parameters<typeof readPayloads>[1]): Promise<unknown[]> {
    for (;;) {
      try {
        return await readPayloads(this.#client.options.loadedDataConverter, payloads);
      } catch (error) {
        if (!isStorageTrouble(error) || this.#until.aborted) throw error;
        await pause(AFTER_FAILURE_MS, this.#until);
      }
    }
  }
}
