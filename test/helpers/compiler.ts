/** TypeScript's compiler, on files that a test has written. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const TSC = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

/** As strict as a project of somebody else may be. */
export const STRICTEST = {
  module: 'nodenext',
  target: 'es2022',
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: true,
};

/** Answers what the compiler says of the project in the folder. */
export async function compile(folder: string): Promise<string> {
  const compiled = promisify(execFile)(process.execPath, [TSC, '-p', folder], { cwd: folder });
  const { stdout } = await compiled.catch((error: { stdout: string }) => error);
  return stdout;
}
