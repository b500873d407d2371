#!/usr/bin/env node
/** HOST: the command `desktop-flow`. Its commands are one file each, in `commands/`. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../config/package-version';
import { COMMANDS } from './commands';
import { failureOfCommand } from './support/errors';
import { EXIT, EXIT_CODES_HELP } from './support/exit-codes';

/** Only the command that is called is loaded: the others are names in the list. */
async function programFor(called: string | undefined): Promise<Command> {
  const program = new Command('desktop-flow')
    .description('Power Automate desktop flows from Temporal.')
    .version(packageVersion() ?? 'unknown')
    .addHelpText('after', `\n${EXIT_CODES_HELP}`)
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).helpOption('-h, --help', 'show this text');
    if (name === called) (await load()).configure(command, COMMANDS);
  }
  return program.helpCommand(false).helpOption('-h, --help', 'show this text, or the help of a command');
}

async function main(args: string[]): Promise<void> {
  const [called] = args;
  // The question of a shell, at each press of Tab: no command of people.
  if (called === 'complete') return (await import('./commands/completion.js')).complete(COMMANDS, args);
  const program = await programFor(called);
  if (called === undefined) throw new CommanderError(EXIT.wrongInput, 'missing', 'a command is missing');
  await program.parseAsync(args, { from: 'user' });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof CommanderError)) {
    const { message, exitCode } = failureOfCommand(error);
    console.error(message);
    process.exitCode = exitCode;
  } else if (error.exitCode !== 0) {
    const problem = error.message.replace(/^error: /, '').trim();
    console.error(`desktop-flow: ${problem}\nSee desktop-flow --help, or that of the command.`);
    process.exitCode = EXIT.wrongInput;
  }
});
