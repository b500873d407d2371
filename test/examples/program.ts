/** A built example, run as its reader runs it: by a command, with variables of Temporal. */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Program {
  file: string;
  args: string[];
  cwd: string;
}

export interface ToldEvent {
  event: string;
  [field: string]: unknown;
}

export interface Told {
  code: number | null;
  /** The lines of JSON that it wrote, one for each thing that happened. */
  events: ToldEvent[];
}

/** So that a program which never ends fails its test with what it wrote. */
const ENDS_WITHIN_MS = 40_000;

/** @param onEvent is told each event when it is written. */
export function runExample(
  { file, args, cwd }: Program,
  command: string[],
  variables: Record<string, string>,
  onEvent: (event: ToldEvent) => void = () => {},
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
        resolve({ code: child.exitCode, events });
      },
    );
    const events: ToldEvent[] = [];
    createInterface({ input: child.stdout as Readable }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      const event: ToldEvent = JSON.parse(line);
      events.push(event);
      onEvent(event);
    });
  });
}
