/** HOST, development only: what the Temporal server counts, as it shows it to Prometheus. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one metric of a page in Prometheus' text format. */
export function samplesOf(page: string, metric: string): Sample[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .map((line) => {
      const [, labels = '', value = ''] = /^\w+(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        labels: Object.fromEntries(pairs.map(([, name, text]) => [name, text])),
        value: Number(value),
      };
    });
}

/** Temporal's `action` counter of one namespace by type: what its Cloud would bill. Types without any are left out. */
export function actionsOf(page: string, namespace: string): Record<string, number> {
  const actions: Record<string, number> = {};
  for (const { labels, value } of samplesOf(page, 'action')) {
    const type = labels.action_type;
    if (labels.namespace !== namespace || type === undefined || value === 0) continue;
    actions[type] = (actions[type] ?? 0) + value;
  }
  return actions;
}

/** The server's counters reach its page about a second late. */
const FLUSH_MS = 1_500;
const READINGS = 20;

/** Reads the actions until two readings agree. */
export async function settledActions(metricsUrl: string, namespace: string): Promise<Record<string, number>> {
  const read = async () => actionsOf(await (await fetch(metricsUrl)).text(), namespace);
  let before = await read();
  for (let reading = 0; reading < READINGS; reading++) {
    await sleep(FLUSH_MS);
    const now = await read();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
  return before;
}
