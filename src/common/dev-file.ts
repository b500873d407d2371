/** SHARED: may run anywhere. The file by which the commands of a folder find what `desktop-flow dev` has started there. */

/** Below the folder in which it was started. */
export const DEV_FILE = '.desktop-flow/dev.json';

export interface DevFile {
  /** Of `desktop-flow dev`: the file counts as long as that process lives. */
  pid: number;
  /** The variables of the worker and of the commands. */
  environment: Record<string, string>;
}
