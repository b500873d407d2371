/**
 * HOST: `desktop-flow completion`: what a shell needs to complete commands and options, by `@bomb.sh/tab`, which knows how
 * four shells want it. The script asks `desktop-flow complete`, which loads every command; no other command does.
 */
import { Argument, Command } from 'commander';
import type { CommandEntry } from '../support/command-entry';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

const NOTES = `
  bash         eval "$(desktop-flow completion bash)"     in ~/.bashrc
  zsh          eval "$(desktop-flow completion zsh)"      in ~/.zshrc, after compinit
  fish         desktop-flow completion fish | source      in ~/.config/fish/config.fish
  powershell   desktop-flow completion powershell | Out-String | Invoke-Expression      in $PROFILE`;

export function configure(command: Command, all: readonly CommandEntry[]): void {
  command
    .description('Prints the script that has a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'for which shell').choices(SHELLS))
    .addHelpText('after', NOTES)
    .action((shell: string) => complete(all, ['completion', shell]));
}

/** Answers the script of a shell, or what may stand at the end of a line: `complete -- <words>`. */
export async function complete(all: readonly CommandEntry[], args: readonly string[]): Promise<void> {
  const program = new Command('desktop-flow');
  for (const { name, summary, load } of all.filter((entry) => entry.name !== 'completion')) {
    const command = program.command(name);
    (await load()).configure(command, all);
    command.description(summary);
  }
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program, { completionCommandName: 'completion' });
  await program.parseAsync(args, { from: 'user' });
}
