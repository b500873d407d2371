/** HOST: `desktop-flow emulator`: the emulator of Dataverse by itself. */
import type { Command } from 'commander';
import { passOn } from '../support/programs';

export function configure(command: Command): void {
  passOn(command, 'testing/emulator/main.js');
}
