/** A built program in a terminal, as a person runs it: `script` of util-linux has one, so there is nothing to compile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from './harness';

/** Where `script` takes these options. */
export const HAS_TERMINAL = process.platform === 'linux';

export interface Terminal {
  /** Everything that is shown, without what moves the cursor. */
  shown(): string;
  type(keys: string): void;
  /** Waits until the text is shown. */
  sees(text: string): Promise<void>;
  /** Waits for the end; answers the exit code. */
  ended(): Promise<number | null>;
}

export const CTRL_C = '\u0003';

export function openTerminal(file: string, args: string[], environment: Record<string, string>): Terminal {
  const { PATH = '', HOME = '' } = process.env;
  const program = path.join(__dirname, '..', '..', 'dist', file);
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm', ...environment },
  });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are moved by them.
    shown += text.replace(/\u001B\[[0-9;?]*[A-Za-z]/g, '');
  });
  const exit = once(child, 'close');
  return {
    shown: () => shown,
    type: (keys) => void child.stdin.write(keys),
    async sees(text) {
      await eventually(() => {
        if (child.exitCode !== null) throw new Error(`it ended before '${text}': ${shown}`);
        return shown.includes(text);
      }, 60_000);
    },
    async ended() {
      const [code] = (await exit) as [number | null];
      return code;
    },
  };
}
