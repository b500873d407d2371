#!/usr/bin/env node
/**
 * HOST: the command `desktop-flow`. One file per command. A wrong command line ends with exit code 2; a wrong
 * configuration, or any other failure, with 1, unless a command has exit codes of its own.
 */
import { ConfigError } from '../config/config';
import { callbacks } from './callbacks';
import { codegen } from './codegen';
import { type Command, CommandError, readArguments, UsageError } from './command';
import { nexus } from './nexus';

const COMMANDS: readonly Command[] = [callbacks, codegen, nexus];

const HELP = `Power Automate desktop flows from Temporal.

  desktop-flow <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}
  -h, --help  show this text, or the help of a command
`;

async function main([name, ...rest]: string[]): Promise<void> {
  if (name === undefined) throw new UsageError('a command is missing');
  if (name === '--help' || name === '-h') return print(HELP);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(`there is no ${name.startsWith('-') ? 'option' : 'command'} '${name}'`);
  }
  const values = readArguments(rest, command.options);
  if (values.help) return print(command.help);
  process.exitCode = (await command.run(values)) ?? 0;
}

function print(text: string): void {
  process.stdout.write(text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    console.error(`desktop-flow: ${message}. See desktop-flow --help.`);
    process.exitCode = 2;
    return;
  }
  console.error(error instanceof ConfigError ? message : `desktop-flow: ${message}`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
});
