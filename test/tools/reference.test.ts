/** Of what `npm run build` made last, as `npm test` does. */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../helpers/tool';

test('the pages of docs/reference/ are what the doc comments say, and another page is told', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reference-'));
  try {
    cpSync(path.join(__dirname, '..', '..', 'docs', 'reference'), folder, { recursive: true });
    appendFileSync(path.join(folder, 'client.md'), '\nSomething that no doc comment says.\n');
    const { code, stdout, stderr } = runTool('reference.js', folder);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'client.md is not what the doc comments say. If that is meant: npm run reference:accept.\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);
