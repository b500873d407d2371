/**
 * SHARED: may run anywhere. The trace of a run: a header that Temporal's SDKs carry from the caller to the activities, in
 * W3C's format. A run's own span has an id that follows from its run id, so that the workflow keeps nothing, decides
 * nothing at random, and replays the same whether anybody traces or not.
 */

import { defaultPayloadConverter, type Headers } from '@temporalio/common';

/** Of the OpenTelemetry interceptors of all of Temporal's SDKs. */
const TRACE_HEADER = '_tracer-data';

interface TraceContext {
  traceparent: string;
  tracestate?: string;
}

export interface SpanOrigin {
  traceId: string;
  spanId: string;
  /** Two hexadecimal digits. */
  flags: string;
  tracestate?: string;
}

/** What a run tells of itself when its execution is over. Times are epoch milliseconds. */
export interface EndedExecution {
  /** The caller's span, where the caller traces. */
  parent?: SpanOrigin;
  startedAt: number;
  endedAt: number;
  /** Type of the failure, or its name. */
  failure?: string;
}

/** The sink by which workflows hand their spans over. */
export const TRACE_SINK = 'powerAutomateTraces';

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** Anybody may write the header. Returns undefined unless it is there, and W3C's. */
export function originIn(headers: Headers): SpanOrigin | undefined {
  const payload = headers[TRACE_HEADER];
  try {
    return payload && originOf(defaultPayloadConverter.fromPayload(payload));
  } catch {
    return undefined;
  }
}

function originOf(header: unknown): SpanOrigin | undefined {
  const { traceparent, tracestate } = (header ?? {}) as Partial<Record<keyof TraceContext, unknown>>;
  const [, traceId, spanId, flags] =
    TRACEPARENT.exec(typeof traceparent === 'string' ? traceparent : '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, flags, ...(typeof tracestate === 'string' && { tracestate }) };
}

/** The same input below a span, unless it has a trace already. */
export function withOrigin<T extends { headers: Headers }>(input: T, origin: SpanOrigin): T {
  if (input.headers[TRACE_HEADER] !== undefined) return input;
  const { traceId, spanId, flags, tracestate } = origin;
  const context: TraceContext = {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(tracestate && { tracestate }),
  };
  const header = defaultPayloadConverter.toPayload(context);
  return { ...input, headers: { ...input.headers, [TRACE_HEADER]: header } };
}

/** The id of the span of a workflow execution: the half of its run id that is random. */
export function spanIdOf(runId: string): string {
  return runId.replaceAll('-', '').slice(-16);
}

/** The trace of an execution whose caller does not trace. */
export function traceIdOf(runId: string): string {
  return runId.replaceAll('-', '');
}
