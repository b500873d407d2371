/**
 * HOST: a task queue on which there is never a task. A process says something by polling it under an identity, and Temporal's
 * server tells everybody who has polled it last. That is no billable action of Temporal Cloud, and needs no right that a worker
 * lacks.
 */
import type { Client } from '@temporalio/client';
import { type Poller, pollersOf, TaskQueueType } from './pollers';

/**
 * Of Temporal's enum `TaskQueueKind`. Every worker polls a sticky queue for workflow tasks; it has one
 * partition, and the server forgets it when it is not polled any longer.
 */
const STICKY = 2;

export interface TasklessQueue {
  namespace: string;
  name: string;
  /** Of the queue to which a sticky one belongs; the server wants one. */
  normalName: string;
}

/** Lasts until the server gives the poll up, or for the deadline that the caller has set. */
export async function pollTaskless(client: Client, queue: TasklessQueue, identity: string): Promise<void> {
  await client.workflowService.pollWorkflowTaskQueue({ ...asked(queue), identity });
}

/** Who has polled it lately. */
export function pollersOfTaskless(client: Client, queue: TasklessQueue): Promise<Poller[]> {
  return pollersOf(client, { ...asked(queue), taskQueueType: TaskQueueType.WORKFLOW });
}

function asked({ namespace, ...taskQueue }: TasklessQueue) {
  return { namespace, taskQueue: { ...taskQueue, kind: STICKY } };
}
