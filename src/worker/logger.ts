/** HOST: structured logs, one JSON object a line, for people and for Temporal's SDK alike. */
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { scrub } from '../common/scrub';

export interface LoggerOptions {
  level: string;
  /** The worker's own, cut out of every line, whoever wrote it: a last line of defence. */
  secrets?: readonly string[];
}

export function createLogger({ level, secrets = [] }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => withoutSecrets(line, secrets) },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  // As it stands in the line: JSON escapes quotes and backslashes.
  return scrub(
    line,
    secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]),
  );
}

/** A warning of the SDK's that is none here: the worker of the starts has no workflows. */
const EXPECTED = 'No workflows registered, not polling for workflow tasks';

/** The SDK's logger interface on top of pino. */
export function toTemporalLogger(logger: Logger): TemporalLogger {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta: object = {}): void =>
      logger[message === EXPECTED ? 'debug' : level]({ ...meta }, message);
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
