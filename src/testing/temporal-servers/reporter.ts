/** HOST, development only: reports progress: a build takes minutes and must not look hung. */

/** Takes the messages of finding, building and starting a server. */
export interface Reporter {
  /** Says something that stays: what was found, what failed. */
  report(line: string): void;
  /** Says how far something is; the next call replaces it. */
  progress(line: string): void;
}

const PLAIN_INTERVAL_MS = 15_000;

/** Writes to a stream, by default stderr: on a terminal one line shows the progress, elsewhere a line every 15 s. */
export function streamReporter(stream: NodeJS.WriteStream = process.stderr): Reporter {
  let open = false;
  let quietUntil = 0;
  return {
    report(line) {
      stream.write(open ? `\r\x1b[K${line}\n` : `${line}\n`);
      open = false;
    },
    progress(line) {
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${line}`);
        open = true;
      } else if (Date.now() >= quietUntil) {
        stream.write(`${line}\n`);
        quietUntil = Date.now() + PLAIN_INTERVAL_MS;
      }
    },
  };
}

/** Writes "1m12s". */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
