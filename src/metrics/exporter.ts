/** HOST: the page that Prometheus reads, served by the native core of Temporal's SDK. */
import type { MetricsExporterConfig } from '@temporalio/worker';
import { BUCKETS } from '../common/metrics';
import type { Listener } from '../config/operations';

/** For `telemetryOptions.metrics` of `Runtime.install`. Times of the SDK are milliseconds, as its documentation has them. */
export function prometheusExporter({ host, port }: Listener): MetricsExporterConfig {
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    prometheus: { bindAddress: `${address}:${port}`, histogramBucketOverrides: { ...BUCKETS } },
  };
}
