/** HOST, development only: tells the commands in the same folder where everything is, as long as it is there. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEV_FILE, type DevFile } from '../../common/dev-file';

/** @returns what removes the file. */
export async function shareEnvironment(
  folder: string,
  environment: Record<string, string>,
): Promise<() => Promise<void>> {
  const file = path.join(folder, DEV_FILE);
  const content: DevFile = { pid: process.pid, environment };
  await mkdir(path.dirname(file), { recursive: true });
  // It is nothing for a repository.
  await writeFile(path.join(path.dirname(file), '.gitignore'), '*\n');
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  return () => rm(file, { force: true });
}
