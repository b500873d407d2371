/** HOST: structured logs, one JSON object a line, of the worker and of Temporal's SDK. */
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker';
import { type Logger, pino } from 'pino';
import { scrubber } from '../common/scrub';
import { DECRYPTION_ERROR } from '../encryption/codec';

export interface LoggerOptions {
  level: string;
  /** The worker's own, cut out of every line, the SDK's too: a last line of defence. @default [] */
  secrets?: readonly string[];
  /** Those that change while the process runs, such as tokens; asked for each line. @default none */
  secretsOfNow?: () => readonly string[];
}

export function createLogger({ level, secrets = [], secretsOfNow }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: cutter(secrets, secretsOfNow) },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}

/** Builds the patterns again only where a secret has come or gone. */
function cutter(fixed: readonly string[], ofNow: () => readonly string[] = () => []) {
  let known = '';
  let clean = scrubber(fixed);
  return (line: string): string => {
    const changing = ofNow();
    const key = changing.join('\n');
    if (key !== known) {
      known = key;
      clean = scrubber([...fixed, ...changing]);
    }
    return clean(line);
  };
}

/** A warning of the SDK. Expected: the starts worker has no workflows. */
const EXPECTED = 'No workflows registered, not polling for workflow tasks';

export interface TemporalLoggerOptions {
  /** Leaves out what tells of payloads: the SDK logs each failure of an activity, details and all. @default false */
  hidesPayloads?: boolean;
}

/** The SDK's logger interface on top of pino. */
export function toTemporalLogger(
  logger: Logger,
  { hidesPayloads = false }: TemporalLoggerOptions = {},
): TemporalLogger {
  const shown = hidesPayloads ? withoutPayloads : (meta: object) => ({ ...meta });
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta: object = {}): void =>
      logger[message === EXPECTED ? 'debug' : level](shown(meta), message);
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

/** Of a failure its type, which Temporal shows too; of the warnings of an expression, which name its variables, how many there are. */
function withoutPayloads(meta: { error?: unknown; warnings?: unknown }): object {
  const { error, warnings, ...rest } = meta;
  return {
    ...rest,
    ...(error !== undefined && { error: typeOf(error) }),
    ...(Array.isArray(warnings) && { warnings: warnings.length }),
  };
}

function typeOf(error: unknown): object {
  const { name, type, message } = (error ?? {}) as { name?: unknown; type?: unknown; message?: unknown };
  // Says which key is missing, and has nothing of the payload.
  if (name === DECRYPTION_ERROR) return { type: name, message };
  return { type: type ?? name };
}
