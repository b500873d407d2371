/**
 * HOST: the key of a run, by which it is found again. RunDesktopFlow takes no idempotency key; the callback URL is the
 * one value of the caller's that the row of the run keeps and a query can ask for, and the key travels in it.
 */
import { digest } from '../../dataverse';

/** The activity that starts the run: the same in every attempt, another one for every robot. */
export interface TriggerIdentity {
  namespace: string;
  runId: string;
  activityId: string;
}

/** 40 hexadecimal digits, because Dataverse compares texts in any case. */
export function runKey({ namespace, runId, activityId }: TriggerIdentity): string {
  return digest([namespace, runId, activityId]).slice(0, 40);
}
