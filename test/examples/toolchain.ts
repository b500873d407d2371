/** The compilers and interpreters that the examples need, which a developer of the worker may not have. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeUnlessMissing } from '../helpers/missing-tools';

export const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** `describe` where all tools are there. Otherwise it says what is skipped, or fails where REQUIRE_EXAMPLES is 1. */
export function describeWith(tools: Record<string, string[]>, language: string): jest.Describe {
  const missing = Object.entries(tools).filter(([tool, args]) => !runs(tool, args));
  const names = missing.map(([tool]) => tool).join(', ');
  return describeUnlessMissing(names, `The example in ${language}`, 'REQUIRE_EXAMPLES');
}

function runs(tool: string, args: string[]): boolean {
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A folder that outlives the test, of its own for each content of these files of an example. */
export function cacheFolder(language: string, ...keys: string[]): string {
  const hash = createHash('sha256');
  for (const key of keys) hash.update(readFileSync(path.join(EXAMPLES, language, key)));
  const name = `${language}-${hash.digest('hex').slice(0, 16)}`;
  return path.join(homedir(), '.cache', 'temporal-power-automate', 'examples', name);
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a tool to its end; a failure shows what it wrote. */
export async function runTool(tool: string, args: string[], cwd: string): Promise<void> {
  await promisify(execFile)(tool, args, { cwd, maxBuffer: MAX_OUTPUT_BYTES }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  });
}
