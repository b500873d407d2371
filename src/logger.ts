/** HOST: structured logs, one JSON object a line, for people and for Temporal's SDK alike. */
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker';
import { type DestinationStream, type Logger, pino } from 'pino';

export interface LoggerOptions {
  level: string;
  /** Values that are cut out of every line, whoever wrote it: a last line of defence. */
  secrets?: readonly string[];
  /** @default standard output */
  destination?: DestinationStream;
}

export function createLogger({ level, secrets = [], destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => withoutSecrets(line, secrets) },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  // As it stands in the line: JSON escapes quotes and backslashes.
  return secrets.reduce(
    (text, secret) => text.replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]'),
    line,
  );
}

/** The SDK's logger interface on top of pino. */
export function toTemporalLogger(logger: Logger): TemporalLogger {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta: object = {}): void =>
      logger[level]({ ...meta }, message);
  const methods = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
  return {
    ...methods,
    log: (level: LogLevel, message, meta) =>
      methods[level.toLowerCase() as keyof typeof methods](message, meta),
  };
}
