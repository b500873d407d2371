/**
 * SANDBOX: carries the caller's trace through a workflow, to its activities, children and next executions, and tells the
 * host of the workflow's own span once it is over. Synchronous throughout: no command comes earlier or later for it.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import {
  ApplicationFailure,
  ContinueAsNew,
  proxySinks,
  type Sinks,
  type WorkflowExecuteInput,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import {
  contextOf,
  type EndedExecution,
  originOf,
  type SpanOrigin,
  spanIdOf,
  TRACE_HEADER,
  TRACE_SINK,
} from '../common/trace';

interface TraceSinks extends Sinks {
  [TRACE_SINK]: { ended(execution: EndedExecution): void };
}

export function interceptors(): WorkflowInterceptors {
  let parent: SpanOrigin | undefined;
  const traced = <T extends { headers: Headers }>(input: T): T =>
    parent === undefined || input.headers[TRACE_HEADER] !== undefined
      ? input
      : { ...input, headers: { ...input.headers, [TRACE_HEADER]: headerBelow(parent) } };
  return {
    inbound: [
      {
        execute(input, next) {
          parent = parentOf(input);
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
        continueAsNew: (input, next) => next(passedOn(input, parent)),
      },
    ],
  };
}

function parentOf({ headers }: WorkflowExecuteInput): SpanOrigin | undefined {
  const payload = headers[TRACE_HEADER];
  if (payload === undefined) return undefined;
  try {
    return originOf(defaultPayloadConverter.fromPayload(payload));
  } catch {
    return undefined;
  }
}

/** For what this execution causes: its span is the parent. */
function headerBelow(parent: SpanOrigin) {
  const below = { ...parent, spanId: spanIdOf(workflowInfo().runId) };
  return defaultPayloadConverter.toPayload(contextOf(below));
}

/** The executions of a chain are siblings: the caller's span is the parent of each. */
function passedOn<T extends { headers: Headers }>(input: T, parent: SpanOrigin | undefined): T {
  if (parent === undefined || input.headers[TRACE_HEADER] !== undefined) return input;
  const header = defaultPayloadConverter.toPayload(contextOf(parent));
  return { ...input, headers: { ...input.headers, [TRACE_HEADER]: header } };
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
