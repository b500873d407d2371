/** HOST, development only: finds executables. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** Gives the name under which this platform stores an executable. */
export function executableName(name: string): string {
  return name + SUFFIX;
}

/** Returns the path, if it is a file that may be run. */
export function executableAt(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Finds the first executable of that name on the PATH of the environment. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const found = directory && executableAt(join(directory, executableName(name)));
    if (found) return found;
  }
  return undefined;
}
