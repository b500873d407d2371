/** One trace from the caller's span to each HTTP request, and a history that replays whether anybody traces or not. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { context, propagation, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { type Emulator, startEmulator } from '../../src/testing/emulator';
import { bundle } from '../helpers/bundle';
import { eventually, setUp } from '../helpers/harness';
import { startWorker, type WorkerProcess } from '../helpers/worker-process';
import { type Collector, type SeenSpan, startCollector } from './collector';

const FLOW = { id: randomUUID(), name: 'Traced', duration: '200ms', result: { Done: 'yes' } };
const INPUT = {
  flowId: FLOW.id,
  connectionName: 'traced',
  runMode: 'unattended',
  inputs: { Secret: 'mark-7f3a' },
};
const WORKFLOWS = path.join(__dirname, '..', '..', 'src', 'workflows');
const taskQueue = `traces-${randomUUID()}`;

let collector: Collector;
let emulator: Emulator;
let worker: WorkerProcess;
let connection: Connection;
let traced: WorkflowBundleWithSourceMap;
let untraced: WorkflowBundleWithSourceMap;
const provider = new NodeTracerProvider();

beforeAll(async () => {
  provider.register();
  collector = await startCollector();
  emulator = await startEmulator({ flows: { flows: [FLOW] } });
  connection = await Connection.connect({ address: setUp('TEST_TEMPORAL_ADDRESS') });
  worker = await startWorker({
    ...emulator.environment,
    TEMPORAL_TASK_QUEUE: taskQueue,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_SERVICE_NAME: 'robots',
    LOG_LEVEL: 'debug',
  });
  const workflows = path.join(WORKFLOWS, 'worker-bundle.ts');
  traced = await bundle(workflows, [path.join(WORKFLOWS, 'trace-interceptors.ts')]);
  untraced = await bundle(workflows);
}, 120_000);

afterAll(async () => {
  await worker?.end('SIGTERM');
  await connection?.close();
  await emulator?.close();
  await collector?.close();
  await provider.shutdown();
  for (const api of [trace, context, propagation]) api.disable();
});

const clientOf = (workflow: OpenTelemetryWorkflowClientInterceptor[] = []) =>
  new Client({ connection, interceptors: { workflow } });

async function spansOf(traceId: string, names: readonly string[]): Promise<SeenSpan[]> {
  return eventually(() => {
    const own = collector.spans.filter((span) => span.traceId === traceId);
    return names.every((name) => own.some((span) => span.name === name)) && own;
  });
}

const EXPECTED = ['RunWorkflow:RunDesktopFlow', 'RunActivity:triggerFlowRun', 'Dataverse trigger'];

it("goes from the caller's span through the workflow to each HTTP request", async () => {
  const client = clientOf([new OpenTelemetryWorkflowClientInterceptor()]);
  const tracer = provider.getTracer('service');
  const workflowId = randomUUID();
  const callers = tracer.startSpan('pay the invoice');
  const result = await context.with(trace.setSpan(context.active(), callers), () =>
    client.workflow.execute('RunDesktopFlow', { args: [INPUT], taskQueue, workflowId }),
  );
  callers.end();
  const { traceId, spanId } = callers.spanContext();
  const spans = await spansOf(traceId, EXPECTED);
  const named = (name: string) => spans.find((span) => span.name === name) as SeenSpan;
  const [workflow, trigger, request] = EXPECTED.map(named) as [SeenSpan, SeenSpan, SeenSpan];
  // The SDK's interceptor has a span of its own for the start, below the caller's.
  expect(workflow.parentSpanId).not.toBe('');
  expect(workflow.parentSpanId).not.toBe(spanId);
  expect(trigger.parentSpanId).toBe(workflow.spanId);
  expect(request.parentSpanId).toBe(trigger.spanId);
  expect(request.attributes).toEqual({ 'http.request.method': 'POST', 'http.response.status_code': '200' });
  expect(trigger.attributes).toMatchObject({
    temporalWorkflowId: workflowId,
    'power_automate.flow_session_id': (result as { flowSessionId: string }).flowSessionId,
  });
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['robots']));
  for (const secret of [emulator.clientSecret, 'mark-7f3a', FLOW.id, '127.0.0.1']) {
    expect(collector.text()).not.toContain(secret);
  }
  expect(worker.log()).toContain(traceId);
});

it('begins a trace by itself where the caller has none, and shows what has failed', async () => {
  emulator.inject({ on: 'trigger', kind: 'status', httpStatus: 403, flowId: FLOW.id });
  const handle = await clientOf().workflow.start('RunDesktopFlow', {
    args: [INPUT],
    taskQueue,
    workflowId: randomUUID(),
  });
  await expect(handle.result()).rejects.toThrow();
  const spans = await spansOf(handle.firstExecutionRunId.replaceAll('-', ''), EXPECTED);
  const [workflow, trigger, request] = EXPECTED.map((name) => spans.find((span) => span.name === name));
  expect(workflow).toMatchObject({ parentSpanId: '', error: 'DataverseForbidden' });
  expect(trigger).toMatchObject({ parentSpanId: workflow?.spanId, error: 'DataverseForbidden' });
  expect(request).toMatchObject({ parentSpanId: trigger?.spanId, error: '403' });
});

describe('a history', () => {
  it('that was recorded with traces is replayed without them, and with them', async () => {
    const client = clientOf([new OpenTelemetryWorkflowClientInterceptor()]);
    const span = provider.getTracer('service').startSpan('caller');
    const handle = await context.with(trace.setSpan(context.active(), span), () =>
      client.workflow.start('RunDesktopFlow', { args: [INPUT], taskQueue, workflowId: randomUUID() }),
    );
    await handle.result();
    const history = await handle.fetchHistory();
    expect(JSON.stringify(history)).toContain('_tracer-data');
    for (const workflowBundle of [untraced, traced]) {
      await Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId);
    }
  });
});
