/** Debian's Prometheus, run by a test: its own process, on loopback, in a folder that goes with it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../src/testing/temporal-servers/free-port';
import { eventually } from '../helpers/harness';

/** Says aloud that it is not there. */
export function hasProgram(name: 'promtool' | 'prometheus'): boolean {
  const isThere = spawnSync(name, ['--version']).error === undefined;
  if (!isThere)
    process.stderr.write(`${name} is not installed (Debian: apt-get install prometheus): skipped\n`);
  return isThere;
}

interface Result {
  metric: Record<string, string>;
  value: [number, string];
}

export interface Prometheus {
  /** @throws where the expression is wrong. */
  query(expression: string): Promise<Result[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>;
  close(): Promise<void>;
}

export interface PrometheusOptions {
  /** Scraped every two seconds, as the job `power-automate`. */
  port: number;
  rules: string;
}

export async function startPrometheus({ port: target, rules }: PrometheusOptions): Promise<Prometheus> {
  const folder = await mkdtemp(path.join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const config = {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: ['alerts.yml'],
    scrape_configs: [{ job_name: 'power-automate', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
  };
  await writeFile(path.join(folder, 'alerts.yml'), rules);
  await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config));
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exit = once(child, 'exit');
  const get = async (what: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/${what}`);
    const answer = (await response.json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(answer.error);
    return answer.data;
  };
  await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
    return response?.ok;
  });
  return {
    async query(expression) {
      const data = await get(`api/v1/query?query=${encodeURIComponent(expression)}`);
      return (data as { result: Result[] }).result;
    },
    async firing() {
      const { alerts } = (await get('api/v1/alerts')) as {
        alerts: { state: string; labels: { alertname: string } }[];
      };
      const names = alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
      return [...new Set(names)].sort();
    },
    async close() {
      child.kill('SIGTERM');
      await exit;
      await rm(folder, { recursive: true });
    },
  };
}
