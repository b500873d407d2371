/** HOST: what the list of commands knows of each. */
import type { Command } from 'commander';

interface CommandModule {
  /**
   * Adds description, arguments, options and action. An action sets `process.exitCode` where it is not 0.
   * @param all the whole list, for a command about commands.
   */
  configure(command: Command, all: readonly CommandEntry[]): void;
}

export interface CommandEntry {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  load(): Promise<CommandModule>;
}
