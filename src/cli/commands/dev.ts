/** HOST: `desktop-flow dev`: everything on one machine, until Ctrl-C. */
import type { Command } from 'commander';
import { passOn } from '../support/programs';

export function configure(command: Command): void {
  passOn(command, 'testing/dev/main.js');
}
