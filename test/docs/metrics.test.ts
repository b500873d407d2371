/** The table of metrics in docs/operations.md is what the code counts. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS } from '../../src/common/metrics';
import { ROOT } from './blocks';

it('docs/operations.md has every metric, as the code has it', () => {
  const rows = Object.values(METRICS).map(({ name, kind, labels, countedBy, help }) => {
    const named = labels.map((label) => `\`${label}\``).join(', ') || 'none';
    return `| \`${name}\` | ${kind} | ${named} | ${countedBy} | ${help} |`;
  });
  const page = readFileSync(path.join(ROOT, 'docs', 'operations.md'), 'utf8');
  expect(page.split('\n').filter((line) => line.startsWith('| `power_automate_'))).toEqual(rows);
});
