/**
 * SANDBOX: carries the caller's trace through a workflow, to its activities, children and next executions, and tells the
 * host of the workflow's own span once it is over. Synchronous throughout: no command comes earlier or later for it.
 */
import type { Headers } from '@temporalio/common';
import {
  ApplicationFailure,
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type EndedExecution,
  originIn,
  type SpanOrigin,
  spanIdOf,
  TRACE_SINK,
  withOrigin,
} from '../common/trace';

interface TraceSinks extends Sinks {
  [TRACE_SINK]: { ended(execution: EndedExecution): void };
}

export function interceptors(): WorkflowInterceptors {
  let parent: SpanOrigin | undefined;
  const traced = <T extends { headers: Headers }>(input: T): T =>
    parent === undefined ? input : withOrigin(input, ownSpan(parent));
  return {
    inbound: [
      {
        execute(input, next) {
          parent = originIn(input.headers);
          const done = next(input);
          done.then(
            () => tell(parent),
            (error: unknown) => tell(parent, error),
          );
          return done;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(traced(input)),
        startChildWorkflowExecution: (input, next) => next(traced(input)),
        // The executions of a chain are siblings: the caller's span is the parent of each.
        continueAsNew: (input, next) => next(parent === undefined ? input : withOrigin(input, parent)),
      },
    ],
  };
}

/** For what this execution causes: its span is the parent. */
function ownSpan(parent: SpanOrigin): SpanOrigin {
  return { ...parent, spanId: spanIdOf(workflowInfo().runId) };
}

function tell(parent: SpanOrigin | undefined, error?: unknown): void {
  const { startTime, unsafe } = workflowInfo();
  if (unsafe.isReplaying) return;
  const failure = failureOf(error);
  proxySinks<TraceSinks>()[TRACE_SINK].ended({
    ...(parent && { parent }),
    startedAt: startTime.getTime(),
    endedAt: Date.now(),
    ...(failure && { failure }),
  });
}

function failureOf(error: unknown): string | undefined {
  if (error === undefined || error instanceof ContinueAsNew) return undefined;
  if (error instanceof ApplicationFailure) return error.type ?? 'ApplicationFailure';
  return error instanceof Error ? error.name : 'Error';
}
