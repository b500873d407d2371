/** A collector of OpenTelemetry: takes OTLP over HTTP, as protobuf. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { parse } from 'protobufjs';

/** The part of opentelemetry/proto/collector/trace/v1 that is looked at. */
const { root } = parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; } }
`);
const REQUEST = root.lookupType('Request');

export interface SeenSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  /** Empty for a root. */
  parentSpanId: string;
  attributes: Record<string, string>;
  /** What went wrong; absent where nothing did. */
  error?: string;
}

export interface Collector {
  readonly endpoint: string;
  readonly spans: SeenSpan[];
  /** All that has come, as text. */
  text(): string;
  close(): Promise<void>;
}

interface KeyValue {
  key: string;
  value: { stringValue?: string; intValue?: string };
}

interface Decoded {
  resourceSpans?: {
    resource: { attributes: KeyValue[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        attributes?: KeyValue[];
        status?: { code?: number; message?: string };
      }[];
    }[];
  }[];
}

const hex = (base64 = '') => Buffer.from(base64, 'base64').toString('hex');

function attributesOf(pairs: KeyValue[] = []): Record<string, string> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? '')]),
  );
}

function spansOf(body: Buffer): SeenSpan[] {
  const decoded = REQUEST.toObject(REQUEST.decode(body), { bytes: String, longs: String }) as Decoded;
  return (decoded.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const service = attributesOf(resource.attributes)['service.name'] ?? '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, spanId, parentSpanId, attributes, status }) => ({
        service,
        name,
        traceId: hex(traceId),
        spanId: hex(spanId),
        parentSpanId: hex(parentSpanId),
        attributes: attributesOf(attributes),
        ...(status?.code === 2 && { error: status.message ?? '' }),
      })),
    );
  });
}

export async function startCollector(): Promise<Collector> {
  const spans: SeenSpan[] = [];
  let raw = '';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    raw += body.toString('latin1');
    if (request.url === '/v1/traces') spans.push(...spansOf(body));
    response.writeHead(200, { 'Content-Type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => raw,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
