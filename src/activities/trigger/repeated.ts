/** HOST: the robot of a trigger that an earlier execution of the run may have carried out, before the run was reset. */
import { activityInfo } from '@temporalio/activity';
import type { TriggerFlowRunResult } from '../../common/activities';
import { outcomeUnknown } from '../support/dataverse-failures';
import { type EarlierTrigger, readEarlierTriggers } from './earlier-triggers';
import { robotKey } from './key';
import type { Trigger } from './trigger';

export type Before =
  | { kind: 'started'; robot: TriggerFlowRunResult }
  | { kind: 'nothing' }
  /** `trigger`: ours, with all by which its robot may be found. */
  | { kind: 'doubt'; trigger: Trigger };

/**
 * Reads the histories of the earlier executions.
 * @throws ApplicationFailure `TriggerOutcomeUnknown` where a history is gone, and no key travels either.
 */
export async function startedBefore(trigger: Trigger): Promise<Before> {
  const { triggers, known, isComplete } = await readEarlierTriggers();
  const same = triggers.filter(
    (other) => isSame(other, trigger) && !other.sessions.some((id) => known.has(id)),
  );
  const started = same.find(({ sessions }) => sessions.length > 0);
  if (started !== undefined) return { kind: 'started', robot: robotOf(started) };
  const open = same.filter(({ isOpen }) => isOpen);
  if (open.length === 0 && isComplete) return { kind: 'nothing' };
  if (trigger.key === undefined && !isComplete) {
    throw outcomeUnknown(
      'the run was reset',
      'its histories from before are gone, and no key of its robot travels.',
    );
  }
  const { namespace } = activityInfo();
  const keys = open.map(({ runId, activityId }) => robotKey({ namespace, run: runId, robot: activityId }));
  const scheduledAt = Math.min(trigger.scheduledAt, ...open.map((other) => other.scheduledAt));
  const olderKeys = [...trigger.olderKeys, ...keys];
  return { kind: 'doubt', trigger: { ...trigger, olderKeys, scheduledAt, isForgotten: !isComplete } };
}

/** Versions up to 0.3.0 counted no attempts: there, the order of the triggers counts. */
function isSame({ flowId, identity, activityId }: EarlierTrigger, trigger: Trigger): boolean {
  if (flowId !== trigger.input.flowId) return false;
  if (trigger.attempt === undefined) return activityId === trigger.activityId;
  return identity === undefined || (identity.run === trigger.run && identity.attempt === trigger.attempt);
}

function robotOf({ sessions: [flowSessionId = '', ...duplicates] }: EarlierTrigger): TriggerFlowRunResult {
  return { flowSessionId, ...(duplicates.length > 0 && { duplicates }) };
}
