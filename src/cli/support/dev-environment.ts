/** HOST: what `desktop-flow dev` has started in this folder, for the commands that are called there. */
import { readFileSync } from 'node:fs';
import { DEV_FILE, type DevFile } from '../../common/dev-file';

/** A mixture of the two would be dangerous, such as the emulator's flows with the Temporal server of others. */
const OTHERS = /^(TEMPORAL|POWER_AUTOMATE)_/;

/** Takes the variables of the file, where none of them, nor any like them, is set. */
export function takeDevEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  if (Object.entries(environment).some(([name, value]) => OTHERS.test(name) && value)) return;
  const file = readDevFile();
  if (file === undefined || !isAlive(file.pid)) return;
  Object.assign(environment, file.environment);
  console.error(`With what desktop-flow dev has started in this folder (${DEV_FILE}).`);
}

function readDevFile(): DevFile | undefined {
  try {
    return JSON.parse(readFileSync(DEV_FILE, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
