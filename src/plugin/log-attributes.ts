/**
 * HOST: what every log line of an activity says, the SDK's own lines too, so that one search finds all lines of a run or of
 * a robot. `attempt` of the SDK is the try of the activity.
 */
import type { ActivityInterceptors, ActivityInterceptorsFactory } from '@temporalio/worker';

interface Known {
  /** Of the calling workflow, under the name that a workflow's own lines have. */
  runId?: string;
  flowSessionId?: string;
  /** Which robot of its run, counted from 1. */
  robotAttempt?: number;
}

export const logAttributes: ActivityInterceptorsFactory = ({ info }): ActivityInterceptors => {
  const { runId } = info.workflowExecution ?? {};
  const known: Known = { ...(runId && { runId }) };
  return {
    inbound: {
      async execute(input, next) {
        const [argument, identity] = input.args as [unknown, unknown];
        Object.assign(known, sessionOf(argument), attemptOf(identity));
        const result = await next(input);
        Object.assign(known, sessionOf(result));
        return result;
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next({ ...known, ...input }),
    },
  };
};

function sessionOf(value: unknown): Known {
  const { flowSessionId } = (value ?? {}) as { flowSessionId?: unknown };
  return typeof flowSessionId === 'string' ? { flowSessionId } : {};
}

function attemptOf(value: unknown): Known {
  const { attempt } = (value ?? {}) as { attempt?: unknown };
  return typeof attempt === 'number' ? { robotAttempt: attempt } : {};
}
