/**
 * HOST: the activity `findFlowRun`. Temporal does not retry an activity whose cancellation was requested: if a worker
 * dies with a trigger whose workflow is being cancelled, this finds the robot that may have to be stopped.
 */
import type {
  FindFlowRunInput,
  FindFlowRunResult,
  RobotIdentity,
  TriggerFlowRunResult,
} from '../../common/activities';
import { parseFindFlowRunInput } from '../../common/input';
import type { ClientFor } from '../support/dataverse-clients';
import { inDoubt, invalidInput } from '../support/dataverse-failures';
import { whileHeartbeating } from '../support/heartbeat';
import { linksTo } from '../support/links';
import type { HandOver } from '../watch/hand-over';
import { type Doubt, newDoubt, settlingWindowMs } from './doubt';
import { recover } from './recovery';
import { startedBefore } from './repeated';
import { prepareTrigger, type Trigger, type TriggerOptions } from './trigger';

export function createFindFlowRun(clientFor: ClientFor, handOver: HandOver, options: TriggerOptions) {
  const windowMs = settlingWindowMs(options);
  return async (argument: FindFlowRunInput, identity?: RobotIdentity): Promise<FindFlowRunResult> => {
    const parsed = parseFindFlowRunInput(argument);
    if (!parsed.ok) throw invalidInput(parsed.problems);
    const { activityId, scheduledAt, inDoubtSince, ...input } = parsed.value;
    // The time of the doubt is Temporal's: its clock may be ahead of ours, and far ahead in a test that skips time.
    const doubt = { settledAt: Math.min(inDoubtSince, Date.now()) + windowMs };
    return whileHeartbeating(async () => {
      try {
        const activity = { activityId, scheduledAt };
        const trigger = await prepareTrigger(clientFor, options, input, activity, identity);
        const found = await find(trigger, windowMs, inDoubtSince === 0 ? undefined : doubt);
        if (found === undefined) return { flowSessionId: null };
        const { client } = trigger;
        const [watched, linked, shown] = await Promise.all([
          handOver(client, input, found.flowSessionId),
          linksTo(client, found.flowSessionId, input.flowId),
          options.shown(),
        ]);
        return { ...found, ...watched, ...linked, ...shown };
      } catch (error) {
        throw inDoubt(error);
      }
    });
  };
}

/** @param left the doubt that the trigger itself left; undefined if it sent nothing. */
async function find(
  trigger: Trigger,
  windowMs: number,
  left?: Doubt,
): Promise<TriggerFlowRunResult | undefined> {
  const before = trigger.isRepeated ? await startedBefore(trigger) : undefined;
  if (before?.kind === 'started') return before.robot;
  const why = 'the trigger got no answer';
  if (before?.kind === 'doubt') return recover(before.trigger, left ?? newDoubt(windowMs), why);
  return left && recover(trigger, left, why);
}
