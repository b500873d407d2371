/** A page of metrics, as a worker process shows it to Prometheus. */
import { type Sample, samplesOf } from '../../bench/harness/prometheus';
import type { Metric } from '../../src/common/metrics';

export class Page {
  private constructor(readonly text: string) {}

  static async of(port: number): Promise<Page> {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return new Page(await response.text());
  }

  samples({ name, kind }: Metric): Sample[] {
    return samplesOf(this.text, kind === 'histogram' ? `${name}_count` : name);
  }

  /** Sum of all series whose labels have these values. */
  total(metric: Metric, labels: Record<string, string> = {}): number {
    return this.samples(metric)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** Sums by the values of one label. */
  by(metric: Metric, label: string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { labels, value } of this.samples(metric)) {
      const key = labels[label] ?? '';
      sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }
}
