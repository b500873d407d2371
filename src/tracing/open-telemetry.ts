/** HOST: OpenTelemetry as this process uses it: packages of the user's, configured by OpenTelemetry's own variables. */
import type { Tracer } from '@opentelemetry/api';
import type { Logger } from '@temporalio/worker';
import { packageVersion } from '../config/package-version';

type Api = typeof import('@opentelemetry/api');

interface SpanIds {
  traceId: string;
  spanId: string;
}

export interface Opened {
  api: Api;
  tracer: Tracer;
  ids: {
    /** Has the span that `start` starts get these ids. */
    of<T>(ids: SpanIds, start: () => T): T;
  };
  /** Whether a trace that begins here is kept: the same answer in every process. */
  isSampled(traceId: string): boolean;
  close(): Promise<void>;
}

const NAME = 'temporal-power-automate';

/** A collector that is away must not keep the process from ending. */
const FLUSHED_WITHIN_MS = 5_000;

/** Minimum time between two lines about a collector that is away. */
const LOGGED_EVERY_MS = 60_000;

/** @throws where a package is missing. */
export async function openExporter(logger: Logger, environment = process.env): Promise<Opened> {
  const [api, sdk, { resourceFromAttributes, defaultResource }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  tellOfTrouble(api, logger);
  const ratio = rootRatio(environment);
  const sampler = new sdk.TraceIdRatioBasedSampler(ratio);
  const random = new sdk.RandomIdGenerator();
  let given: SpanIds | undefined;
  const provider = new sdk.NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resourceAttributes(environment))),
    sampler: new sdk.ParentBasedSampler({ root: sampler }),
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return {
    api,
    tracer: provider.getTracer(NAME, packageVersion()),
    ids: {
      of(ids, start) {
        given = ids;
        try {
          return start();
        } finally {
          given = undefined;
        }
      },
    },
    isSampled: (traceId) =>
      sampler.shouldSample(api.ROOT_CONTEXT, traceId).decision === sdk.SamplingDecision.RECORD_AND_SAMPLED,
    async close() {
      const late = new Promise<void>((resolve) => void setTimeout(resolve, FLUSHED_WITHIN_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

/** OTEL_TRACES_SAMPLER and its argument, for traces that begin here; a caller that traces has decided for its own. */
function rootRatio({
  OTEL_TRACES_SAMPLER: sampler = '',
  OTEL_TRACES_SAMPLER_ARG: argument,
}: NodeJS.ProcessEnv): number {
  if (sampler.endsWith('always_off')) return 0;
  const ratio = Number(argument?.trim() || 1);
  return sampler.endsWith('traceidratio') && ratio >= 0 && ratio <= 1 ? ratio : 1;
}

/** OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME, which wins. */
function resourceAttributes({
  OTEL_RESOURCE_ATTRIBUTES: pairs = '',
  OTEL_SERVICE_NAME: name,
}: NodeJS.ProcessEnv): Record<string, string> {
  const entries = pairs.split(',').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=', 2);
    return key.trim() === '' ? [] : [[key.trim(), decoded(value.trim())] as const];
  });
  return { 'service.name': NAME, ...Object.fromEntries(entries), ...(name && { 'service.name': name }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What OpenTelemetry says of a collector may quote its headers, so only that there is trouble is told. */
function tellOfTrouble({ diag, DiagLogLevel }: Api, logger: Logger): void {
  let quietUntil = 0;
  const tell = () => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + LOGGED_EVERY_MS;
    logger.warn('Traces cannot be sent. Check OTEL_EXPORTER_OTLP_ENDPOINT, and that the collector runs');
  };
  const nothing = () => {};
  diag.setLogger(
    { error: tell, warn: nothing, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}
