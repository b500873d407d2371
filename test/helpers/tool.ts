/** A program of tools/, as npm's scripts run it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const TOOLS = path.join(__dirname, '..', '..', 'tools');

export function runTool(
  file: string,
  ...args: string[]
): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(TOOLS, file), ...args], {
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}
