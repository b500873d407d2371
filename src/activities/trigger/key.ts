/**
 * HOST: the key of a robot, by which it is found again. RunDesktopFlow takes no idempotency key; the callback URL is the
 * one value of the caller's that the flow session keeps and a query can ask for, and the key travels in it.
 */
import { digest } from '../../dataverse';

/** The activity that starts the robot: the same in every attempt, another one for every robot. */
export interface TriggerIdentity {
  namespace: string;
  /** Of the workflow execution, or of a standalone activity: callers may use its id again. */
  runId: string;
  activityId: string;
}

/** 40 hexadecimal digits, because Dataverse compares texts in any case. */
export function robotKey({ namespace, runId, activityId }: TriggerIdentity): string {
  return digest([namespace, runId, activityId]).slice(0, 40);
}
