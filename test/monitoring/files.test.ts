/** The alert rules and the dashboard: right as `promtool` reads them, and about metrics that there are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { METRICS } from '../../src/common/metrics';
import { hasProgram } from './prometheus';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string; runbook: string };
}

const rules = (): Rule[] => parse(read('deploy/monitoring/alerts.yml')).groups[0].rules;

const SUFFIXES = { counter: [''], gauge: [''], histogram: ['_bucket', '_count', '_sum'] };
const KNOWN = Object.values(METRICS).flatMap(({ name, kind }) =>
  SUFFIXES[kind].map((suffix) => name + suffix),
);

const withPromtool = hasProgram('promtool') ? it : it.skip;

function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? 'right' : stdout + stderr;
}

withPromtool('promtool finds the rules right', () => {
  expect(promtool('check', 'rules', 'deploy/monitoring/alerts.yml')).toBe('right');
});

withPromtool('each alert fires when it should, and not before', () => {
  expect(promtool('test', 'rules', 'deploy/monitoring/alerts.test.yml')).toBe('right');
});

it('the rules and the dashboard ask for metrics that there are', () => {
  const texts = [...rules().map(({ expr }) => expr), read('deploy/monitoring/dashboard.json')];
  const names = texts.flatMap((text) => text.match(/power_automate_\w+/g) ?? []);
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !KNOWN.includes(name))).toEqual([]);
});

it('every metric is on the dashboard', () => {
  const dashboard = read('deploy/monitoring/dashboard.json');
  expect(Object.values(METRICS).filter(({ name }) => !dashboard.includes(name))).toEqual([]);
});

it('every alert says what to do about it', () => {
  const page = read('docs/operations.md');
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase());
  for (const { alert, annotations } of rules()) {
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    expect(anchors).toContain(alert.toLowerCase());
  }
});
