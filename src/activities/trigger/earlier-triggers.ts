/** HOST: the triggers of a run's executions from before it was reset. One that was in flight then is all they leave open. */
import { getClient } from '@temporalio/activity';
import { visitExecutions } from '../support/execution-chain';
import { type TriggerInHistory, triggersIn } from './triggers-in-history';

/** A trigger, and the execution that it belongs to. */
export interface EarlierTrigger extends TriggerInHistory {
  runId: string;
}

export interface EarlierTriggers {
  /** The oldest first. */
  triggers: EarlierTrigger[];
  /** Flow sessions that the calling execution knows already, in lower case. */
  known: Set<string>;
  /** Whether none can be missing. */
  isComplete: boolean;
}

/** @throws if Temporal is out of reach. */
export async function readEarlierTriggers(): Promise<EarlierTriggers> {
  const { loadedDataConverter: converter } = getClient().options;
  const known = new Set<string>();
  const triggers: EarlierTrigger[] = [];
  const isComplete = await visitExecutions(async ({ runId, events, isOwn }) => {
    for (const trigger of await triggersIn(events, converter)) {
      if (!isOwn) triggers.push({ ...trigger, runId });
      else for (const session of trigger.sessions) known.add(session);
    }
  });
  triggers.sort((one, other) => one.scheduledAt - other.scheduledAt);
  return { triggers, known, isComplete };
}
