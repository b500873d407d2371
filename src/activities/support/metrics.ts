/**
 * HOST: what an activity counts, by the meter of its worker: nothing where the process has no metrics. Each try counts, so
 * what a try has counted stays counted where Temporal does not hear of it.
 */
import { metricMeter } from '@temporalio/activity';
import type { Metric, MetricLabels } from '../../common/metrics';

export function count({ name, help }: Metric, labels: MetricLabels = {}): void {
  metricMeter.createCounter(name, undefined, help).add(1, labels);
}

export function setGauge({ name, help }: Metric, value: number, labels: MetricLabels = {}): void {
  metricMeter.createGauge(name, 'int', undefined, help).set(value, labels);
}
