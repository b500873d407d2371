/** HOST: defines a command of `desktop-flow`, and the options of all commands. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { messageOf } from '../common/message-of';

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`. */
  readonly help: string;
  /** Options besides `--help`. @default none */
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  /** @returns the exit code. @default 0 */
  run(values: OptionValues): Promise<number | undefined> | Promise<void>;
}

/** What was given, by the names of the options. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** The command line is wrong. */
export class UsageError extends Error {}

/** A failure for which a command has an exit code of its own. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** @throws UsageError for an option or an argument that the command does not have. */
export function readArguments(args: string[], options: Command['options'] = {}): OptionValues {
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    throw new UsageError(messageOf(error).replace(/\.$/, ''));
  }
}
