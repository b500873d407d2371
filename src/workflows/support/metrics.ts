/**
 * SANDBOX: what a run counts. The SDK drops what is counted in a replay, so each end is counted once, wherever the
 * workflow goes on; a count is no command, and changes no history. Instruments are made anew each time: modules of
 * workflows keep no state, and outside the sandbox the SDK has them already.
 */
import { metricMeter } from '@temporalio/workflow';
import type { Metric, MetricLabels } from '../../common/metrics';

export function count({ name, help }: Metric, labels: MetricLabels = {}, by = 1): void {
  metricMeter.createCounter(name, undefined, help).add(by, labels);
}

export function recordSeconds({ name, help }: Metric, seconds: number, labels: MetricLabels = {}): void {
  metricMeter.createHistogram(name, 'float', 's', help).record(Math.max(0, seconds), labels);
}
