/** HOST: how a command fails: with which message, and which exit code. */
import { messageOf } from '../../common/message-of';
import { ConfigError } from '../../config/config';
import { EXIT, type ExitCode } from './exit-codes';

/** A failure whose exit code its command knows. The message says what to do next. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}

/** The command line is wrong. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, EXIT.wrongInput);
  }
}

export interface CommandFailure {
  message: string;
  exitCode: ExitCode;
}

export function failureOfCommand(error: unknown): CommandFailure {
  if (error instanceof ConfigError) return { message: error.message, exitCode: EXIT.wrongInput };
  const message = `desktop-flow: ${messageOf(error)}`;
  return { message, exitCode: error instanceof CommandError ? error.exitCode : EXIT.endedBadly };
}
