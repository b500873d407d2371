/**
 * HOST: traces of the worker process: a span for each execution of a workflow, each try of an activity and each HTTP
 * request, sent to OTEL_EXPORTER_OTLP_ENDPOINT. OpenTelemetry is loaded only where that is asked for. A span holds no
 * input, output, URL or header.
 */
import type { Context, Span, SpanContext } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory, InjectedSinks, Logger } from '@temporalio/worker';
import { messageOf } from '../common/message-of';
import {
  type EndedExecution,
  originIn,
  type SpanOrigin,
  spanIdOf,
  TRACE_SINK,
  traceIdOf,
} from '../common/trace';
import { type RequestDone, requestsDone } from '../dataverse';
import { type Opened, openExporter } from './open-telemetry';

interface TraceSinks
  extends InjectedSinks<Record<string, Record<string, (execution: EndedExecution) => void>>> {}

export interface Traces {
  /** For `interceptors.activity` of a worker. */
  activity: ActivityInterceptorsFactory;
  /** For `sinks` of a worker. */
  sinks: TraceSinks;
  /** Sends what is left, for a few seconds. */
  close(): Promise<void>;
}

const INSTALL =
  'npm install @opentelemetry/api @opentelemetry/sdk-trace-node@2 @opentelemetry/resources@2 @opentelemetry/exporter-trace-otlp-proto';

/** A worker without traces is better than no worker: the variable may be set for all processes of a cluster. */
export async function startTraces(logger: Logger): Promise<Traces | undefined> {
  try {
    return tracesBy(await openExporter(logger));
  } catch (error) {
    const [why] = messageOf(error).split('\n');
    logger.warn(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but there are no traces. Are the packages there? ${INSTALL}`,
      { why },
    );
    return undefined;
  }
}

/** Ids of the SDK's interceptors, by which Temporal's users know them. */
const ATTRIBUTES = {
  workflowId: 'temporalWorkflowId',
  runId: 'temporalRunId',
  activityId: 'temporalActivityId',
};

function tracesBy({ api, tracer, ids, isSampled, close }: Opened): Traces {
  const { context, trace, SpanKind, SpanStatusCode, TraceFlags } = api;

  const below = ({ traceId, spanId, flags }: SpanOrigin): Context => {
    const origin: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    return trace.setSpanContext(api.ROOT_CONTEXT, origin);
  };
  const rootOf = (runId: string): SpanOrigin => {
    const traceId = traceIdOf(runId);
    const flags = isSampled(traceId) ? TraceFlags.SAMPLED : TraceFlags.NONE;
    return { traceId, spanId: spanIdOf(runId), flags: `0${flags}` };
  };
  const fail = (span: Span, type: string) => {
    span.setAttribute('error.type', type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
  };

  const onRequest = ({ kind, method, status, failure, startedAt, durationMs }: RequestDone) => {
    const span = tracer.startSpan(`Dataverse ${kind}`, {
      kind: SpanKind.CLIENT,
      startTime: startedAt,
      attributes: {
        'http.request.method': method,
        ...(status !== undefined && { 'http.response.status_code': status }),
      },
    });
    const wrong = failure ?? (status !== undefined && status >= 400 ? String(status) : undefined);
    if (wrong !== undefined) fail(span, wrong);
    span.end(startedAt + durationMs);
  };
  const endListening = requestsDone.listen(onRequest);

  return {
    activity: ({ info }) => ({
      inbound: {
        async execute({ headers, args }, next) {
          const { activityType, activityId, attempt, workflowExecution } = info;
          const origin = originIn(headers) ?? (workflowExecution && rootOf(workflowExecution.runId));
          const parent = origin ? below(origin) : api.ROOT_CONTEXT;
          const span = tracer.startSpan(
            `RunActivity:${activityType}`,
            {
              attributes: {
                [ATTRIBUTES.activityId]: activityId,
                'power_automate.try': attempt,
                ...sessionIn(args[0]),
                ...(workflowExecution && {
                  [ATTRIBUTES.workflowId]: workflowExecution.workflowId,
                  [ATTRIBUTES.runId]: workflowExecution.runId,
                }),
              },
            },
            parent,
          );
          try {
            const result = await context.with(trace.setSpan(parent, span), () => next({ headers, args }));
            span.setAttributes(sessionIn(result));
            return result;
          } catch (error) {
            fail(span, typeOf(error));
            throw error;
          } finally {
            span.end();
          }
        },
      },
      outbound: {
        getLogAttributes(input, next) {
          const span = trace.getSpan(context.active())?.spanContext();
          return next(span ? { trace_id: span.traceId, span_id: span.spanId, ...input } : input);
        },
      },
    }),
    sinks: {
      [TRACE_SINK]: {
        ended: {
          callDuringReplay: false,
          fn({ workflowId, runId, workflowType }, { parent, startedAt, endedAt, failure }) {
            const root = rootOf(runId);
            const { traceId } = parent ?? root;
            if (!parent && root.flags === '00') return;
            const span = ids.of({ traceId, spanId: root.spanId }, () =>
              tracer.startSpan(
                `RunWorkflow:${workflowType}`,
                {
                  startTime: startedAt,
                  attributes: { [ATTRIBUTES.workflowId]: workflowId, [ATTRIBUTES.runId]: runId },
                },
                parent ? below(parent) : api.ROOT_CONTEXT,
              ),
            );
            if (failure) fail(span, failure);
            span.end(endedAt);
          },
        },
      },
    },
    async close() {
      endListening();
      await close();
    },
  };
}

function sessionIn(value: unknown): Record<string, string> {
  const { flowSessionId } = (value ?? {}) as { flowSessionId?: unknown };
  return typeof flowSessionId === 'string' ? { 'power_automate.flow_session_id': flowSessionId } : {};
}

function typeOf(error: unknown): string {
  const { type, name } = (error ?? {}) as { type?: unknown; name?: unknown };
  return (
    ([type, name].find((text) => typeof text === 'string' && text !== '') as string | undefined) ?? 'Error'
  );
}
