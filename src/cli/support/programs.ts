/** HOST: the package's other programs, called as commands. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';

/**
 * Runs a built program of the package in this process, which becomes it: signals and exit code are its own. By its path,
 * because a program is nobody's module: the command needs nothing of it, and the development parts are not for HOST code.
 */
export async function becomeProgram(file: string, args: readonly string[]): Promise<void> {
  const program = path.join(__dirname, '..', '..', file);
  process.argv.splice(1, process.argv.length, program, ...args);
  await import(pathToFileURL(program).href);
}

/** Has the program read everything behind the name of the command, `--help` too. */
export function passOn(command: Command, file: string): void {
  command
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .argument('[options...]')
    .action(() => becomeProgram(file, command.args));
}
