/** A built example, run as its reader runs it: by a command, with variables of Temporal. */
import { execFile } from 'node:child_process';

export interface Program {
  file: string;
  args: string[];
  cwd: string;
}

export interface Told {
  code: number | null;
  /** The lines of JSON that it wrote, one for each thing that happened. */
  events: { event: string; [field: string]: unknown }[];
}

/** So that a program which never ends fails its test with what it wrote. */
const ENDS_WITHIN_MS = 40_000;

export function runExample(
  { file, args, cwd }: Program,
  command: string[],
  variables: Record<string, string>,
): Promise<Told> {
  const env = { ...process.env, ...variables, PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args, ...command],
      { cwd, env, timeout: ENDS_WITHIN_MS },
      (error, stdout, stderr) => {
        // Java ends of SIGTERM with a code of its own.
        if (child.signalCode !== null || error?.killed)
          reject(new Error(`${command[0]}: ended by ${child.signalCode ?? 'SIGTERM'}\n${stdout}${stderr}`));
        const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
        const events = lines.map((line) => JSON.parse(line));
        resolve({ code: child.exitCode, events });
      },
    );
  });
}
