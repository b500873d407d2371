/**
 * HOST: counts what the process does, whichever activity it does it for: requests, waits, tokens. By the meter of
 * Temporal's SDK, so that one page has its metrics and ours.
 */
import { type MetricMeter, noopMetricMeter } from '@temporalio/common';
import { METRICS, type Metric, OTHER } from '../common/metrics';
import {
  budgetsLeft,
  heldBack,
  type RequestDone,
  requestsDone,
  throttling,
  tokenRenewals,
} from '../dataverse';

export interface MeasureOptions {
  /** The worker's own organization. */
  organizationUri?: string;
}

/** Between two looks at what is left of the budgets. */
const SAMPLED_EVERY_MS = 2_000;

/** What HTTP knows, and Dataverse, gateways or token endpoints answer. */
const STATUSES = new Set([
  200, 201, 202, 204, 206, 400, 401, 403, 404, 405, 408, 412, 413, 416, 429, 500, 501, 502, 503, 504,
]);

/** A process is measured once, however many workers it has. */
const measured = new Map<MetricMeter, { users: number; stop: () => void }>();

/** @returns a function that ends it; it must be called once for each call of this one. */
export function measureProcess(meter: MetricMeter, options: MeasureOptions = {}): () => void {
  if (meter === noopMetricMeter) return () => undefined;
  const running = measured.get(meter) ?? { users: 0, stop: listen(meter, options) };
  running.users += 1;
  measured.set(meter, running);
  return () => {
    running.users -= 1;
    if (running.users > 0) return;
    running.stop();
    measured.delete(meter);
  };
}

function listen(meter: MetricMeter, { organizationUri }: MeasureOptions): () => void {
  const counter = ({ name, help }: Metric) => meter.createCounter(name, undefined, help);
  const seconds = ({ name, help }: Metric) => meter.createHistogram(name, 'float', 's', help);
  const requests = counter(METRICS.requests);
  const requestSeconds = seconds(METRICS.requestSeconds);
  const throttledSeconds = seconds(METRICS.throttledSeconds);
  const requestsHeldBack = counter(METRICS.requestsHeldBack);
  const renewals = counter(METRICS.tokenRenewals);
  const { name, help } = METRICS.budgetLeft;
  const budget = meter.createGauge(name, 'int', undefined, help);
  const own = organizationUri === undefined ? undefined : new URL(organizationUri);
  const sample = () => {
    for (const [organization, left] of Object.entries(budgetsLeft(own))) budget.set(left, { organization });
  };
  const timer = setInterval(sample, SAMPLED_EVERY_MS).unref();
  const ends = [
    requestsDone.listen((request) => {
      const { kind, durationMs } = request;
      requests.add(1, { kind, status: statusLabel(request) });
      requestSeconds.record(durationMs / 1000, { kind });
    }),
    throttling.listen(({ waitMs }) => throttledSeconds.record(waitMs / 1000)),
    heldBack.listen(({ why }) => requestsHeldBack.add(1, { why })),
    tokenRenewals.listen(({ outcome }) => renewals.add(1, { outcome })),
    () => clearInterval(timer),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function statusLabel({ status, failure = OTHER }: RequestDone): string {
  if (status === undefined) return failure;
  return STATUSES.has(status) ? String(status) : `${Math.floor(status / 100)}xx`;
}
