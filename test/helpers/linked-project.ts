/** A project of somebody else, in a folder of its own, to which this package is linked as it stands. */
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** @param scopes of packages that it shares with this project, such as `@temporalio`. @returns the folder, to be removed. */
export async function createLinkedProject(...scopes: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'linked-project-'));
  const modules = path.join(folder, 'node_modules');
  await mkdir(modules);
  await symlink(ROOT, path.join(modules, 'temporal-power-automate'));
  for (const scope of scopes)
    await symlink(path.join(ROOT, 'node_modules', scope), path.join(modules, scope));
  return folder;
}
