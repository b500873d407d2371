/**
 * HOST: how a worker process shows that it keeps a watch, and how another one sees that it does no longer. It polls a task
 * queue on which there is never a task, and Temporal's server tells everybody who has polled it last. Unlike a heartbeat
 * that is no action that Temporal Cloud bills: a heartbeat every 20 seconds would cost a run that is alone more than all
 * the rest.
 */
import type { Client } from '@temporalio/client';
import { longPoll } from '../../temporal/long-poll';
import { pollersOfTaskless, pollTaskless, type TasklessQueue } from '../../temporal/taskless-queue';
import { pause } from '../support/pause';

/** Longest time between two signs of life. */
const EVERY_MS = 5_000;

const AFTER_FAILURE_MS = 1_000;

/** Time limit for a question to the server. */
const DEADLINE_MS = 5_000;

export interface WatchIdentity {
  /** Workflow id of the watcher. */
  watcher: string;
  /** Of its execution. */
  runId: string;
  activityId: string;
  attempt: number;
}

/** Gives signs of life until the signal is aborted. */
export async function showLife(client: Client, watch: WatchIdentity, until: AbortSignal): Promise<void> {
  const queue = queueOf(client, watch);
  while (!until.aborted) {
    try {
      await longPoll(client, { forMs: EVERY_MS, until }, () => pollTaskless(client, queue, nameOf(watch)));
    } catch {
      await pause(AFTER_FAILURE_MS, until);
    }
  }
}

/** @returns by the server's clock, in epoch milliseconds; undefined where none is known. @throws if Temporal is out of reach. */
export async function lastSignOfLife(client: Client, watch: WatchIdentity): Promise<number | undefined> {
  const pollers = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    pollersOfTaskless(client, queueOf(client, watch)),
  );
  return pollers.find(({ identity }) => identity === nameOf(watch))?.lastPolledAt;
}

function queueOf({ options: { namespace } }: Client, { watcher }: WatchIdentity): TasklessQueue {
  return { namespace, name: `${watcher}/signs-of-life`, normalName: watcher };
}

function nameOf({ runId, activityId, attempt }: WatchIdentity): string {
  return `${runId}/${activityId}/${attempt}`;
}
