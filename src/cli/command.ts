/** HOST: defines a command of `desktop-flow`, and the options of all commands. */
import { parseArgs } from 'node:util';
import { messageOf } from '../common/message-of';

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** The whole text of `--help`. */
  readonly help: string;
  run(): Promise<void>;
}

/** The command line is wrong. */
export class UsageError extends Error {}

/** @throws UsageError for an option or an argument that no command has. */
export function readArguments(args: string[]): { help: boolean } {
  try {
    const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } });
    return { help: values.help ?? false };
  } catch (error) {
    throw new UsageError(messageOf(error).replace(/\.$/, ''));
  }
}
