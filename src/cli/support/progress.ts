/**
 * HOST: what a command does at the moment, on standard error, so that standard output has results alone: one line that
 * changes, in a terminal; elsewhere a line for each change. Ours, not a library's: one line needs no list of tasks, and
 * gives way to a question.
 */
import { styleText } from 'node:util';

export interface Progress {
  /** What happens now. @param passing what changes all the time, such as a time: shown in a terminal alone. */
  show(words: string, passing?: string): void;
  /** A line that stays. */
  say(line: string): void;
  /** Clears the line for a question; `show` and `say` wait until it is `resume`d. */
  pause(): void;
  resume(): void;
  close(): void;
}

const REDRAWN_EVERY_MS = 120;
const FRAMES = process.platform === 'win32' ? '|/-\\' : '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const CLEAR_LINE = '\r\u001B[2K';

export function createProgress(
  stream: NodeJS.WriteStream = process.stderr,
  environment: NodeJS.ProcessEnv = process.env,
): Progress {
  return isLive(stream, environment) ? liveProgress(stream) : plainProgress(stream);
}

function isLive(stream: NodeJS.WriteStream, { NO_COLOR, CI, TERM }: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !NO_COLOR && !CI && TERM !== 'dumb';
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  let last = '';
  const say = (line: string) => void stream.write(`${line}\n`);
  return {
    show(words) {
      if (words !== last) say(words);
      last = words;
    },
    say,
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
}

function liveProgress(stream: NodeJS.WriteStream): Progress {
  const since = Date.now();
  let now = { words: '', passing: '' };
  let kept: string[] = [];
  let isPaused = false;
  let frame = 0;
  const draw = () => {
    if (isPaused) return;
    const lines = kept.map((line) => `${line}\n`).join('');
    kept = [];
    frame = (frame + 1) % FRAMES.length;
    const text = [now.words, now.passing, elapsed(Date.now() - since)].filter(Boolean).join(' · ');
    // A line that wraps could not be cleared.
    const fitting = text.slice(0, (stream.columns || 80) - 3);
    stream.write(
      `${CLEAR_LINE}${lines}${now.words && `${styleText('cyan', FRAMES[frame] ?? '')} ${fitting}`}`,
    );
  };
  const timer = setInterval(draw, REDRAWN_EVERY_MS);
  return {
    show(words, passing = '') {
      now = { words, passing };
    },
    say(line) {
      kept.push(line);
      draw();
    },
    pause() {
      isPaused = true;
      stream.write(CLEAR_LINE);
    },
    resume() {
      isPaused = false;
    },
    close() {
      clearInterval(timer);
      isPaused = false;
      now = { words: '', passing: '' };
      draw();
    },
  };
}

const SECOND_MS = 1000;
const MINUTE_S = 60;
const HOUR_S = 3600;

/** Such as `1 h 3 min`, `2 min 5 s` or `4 s`. */
export function elapsed(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ${seconds % MINUTE_S} s`;
  return `${Math.floor(seconds / HOUR_S)} h ${Math.floor((seconds % HOUR_S) / MINUTE_S)} min`;
}
