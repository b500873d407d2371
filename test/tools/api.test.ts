/** Of what `npm run build` made last, as `npm test` does. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { itTakesLong } from '../helpers/long-tests';
import { runTool } from '../helpers/tool';

test('the package exports what the reports in api/ say', () => {
  expect(runTool('api.js')).toEqual({ code: 0, stdout: '', stderr: '' });
});

itTakesLong(
  'a report that misses a line of the API is told, with the line and the command to accept it',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'api-'));
    try {
      cpSync(path.join(__dirname, '..', '..', 'api'), folder, { recursive: true });
      const report = path.join(folder, 'client.api.md');
      const line = '    callbackUrl?: string;\n';
      const changed = readFileSync(report, 'utf8').replace(line, '');
      writeFileSync(report, changed);

      const { code, stdout, stderr } = runTool('api.js', folder);
      expect(code).toBe(1);
      expect(stdout).toContain(`+${line}`);
      expect(stdout).toContain('client.api.md is not what the package exports');
      expect(stdout).not.toContain('index.api.md');
      expect(stderr).toContain('npm run api:accept');
      expect(readFileSync(report, 'utf8')).toBe(changed);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
