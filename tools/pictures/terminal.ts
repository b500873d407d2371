/** DEVELOPMENT: the command in a pseudo terminal (`script` of util-linux), with everything that it writes, colours included. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export interface Screen {
  /** As somebody types it. */
  command: string;
  /** What the terminal got until now, with what moves the cursor. */
  written: string;
}

export interface Terminal {
  /** Waits until the text is written. */
  sees(text: RegExp): Promise<Screen>;
  /** Waits for the end of the command. */
  ended(): Promise<Screen>;
}

const COMMAND = path.join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

const quoted = (word: string) => (/^[\w=.:-]+$/.test(word) ? word : `"${word}"`);

export function openTerminal(
  args: readonly string[],
  { columns, environment }: { columns: number; environment: Record<string, string> },
): Terminal {
  const { PATH = '', HOME = '' } = process.env;
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', `stty cols ${columns} rows 60; exec ${words}`, '/dev/null'], {
    env: { PATH, HOME, TERM: 'xterm-256color', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'close');
  const command = `npx desktop-flow ${args.map(quoted).join(' ')}`;
  let written = '';
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    look();
  });
  return {
    sees: (text) =>
      new Promise((resolve, reject) => {
        look = () => text.test(written) && resolve({ command, written });
        look();
        exit.then(() => reject(new Error(`It ended before ${text}: ${written}`)), reject);
      }),
    async ended() {
      await exit;
      return { command, written };
    },
  };
}
