/**
 * HOST: which robot a trigger starts, whatever becomes of its execution. An operator can reset a workflow: then the same
 * robot is asked for again, by an execution with another run id.
 */
import { activityInfo } from '@temporalio/activity';
import type { RobotIdentity } from '../../common/activities';
import { parseRobotIdentity } from '../../common/input';
import { invalidInput } from '../support/dataverse-failures';
import { readFirstEvent } from '../support/first-event';
import { attemptName, type KeySource, robotKey } from './key';

export interface Identity {
  /** Makes the key that travels with the trigger. */
  keySource: KeySource;
  /** Keys that the same trigger has where a worker of another version carries it out. */
  olderKeys: string[];
  /** Unset where the calling workflow does not count attempts: then the id of the activity tells its robots apart. */
  attempt?: number;
  /** An earlier execution of the run may have started the robot. */
  isRepeated: boolean;
  /** When the run asked for the robot first, epoch milliseconds; unset where it has not asked before. */
  askedAt?: number;
}

/** @throws ApplicationFailure `InvalidInput` @throws if Temporal cannot be asked for the execution. */
export async function identify(argument: unknown, activityId: string): Promise<Identity> {
  const { namespace, workflowExecution, activityRunId = '' } = activityInfo();
  if (workflowExecution === undefined) {
    return {
      keySource: { namespace, run: activityRunId, robot: activityId },
      olderKeys: [],
      isRepeated: false,
    };
  }
  const { runId } = workflowExecution;
  const olderKeys = [robotKey({ namespace, run: runId, robot: activityId })];
  if (argument === undefined || argument === null) {
    const run = (await readFirstEvent()).originalExecutionRunId || runId;
    return { keySource: { namespace, run, robot: activityId }, olderKeys, isRepeated: run !== runId };
  }
  const { run, attempt, execution, isRepeated = false, onReset, askedAt } = parsed(argument);
  const wasReset = execution !== runId;
  const startsAgain = wasReset && onReset === 'startAgain';
  return {
    keySource: { namespace, run: startsAgain ? ofExecution(run, runId) : run, robot: attemptName(attempt) },
    olderKeys,
    attempt,
    isRepeated: !startsAgain && (wasReset || isRepeated),
    ...(askedAt !== undefined && { askedAt }),
  };
}

/** A run that has continued as new is still called after an execution from before. One of several in a workflow adds its name. */
function ofExecution(run: string, runId: string): string {
  return run.startsWith(runId) ? run : runId;
}

function parsed(argument: unknown): RobotIdentity {
  const result = parseRobotIdentity(argument);
  if (result.ok) return result.value;
  throw invalidInput(result.problems.map(({ field, problem }) => ({ field: `identity.${field}`, problem })));
}
