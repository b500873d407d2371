/** HOST: the list of commands. What a command needs is loaded when it is called. */
import type { Command } from 'commander';

interface CommandModule {
  /** Adds description, arguments, options and action. An action sets `process.exitCode` where it is not 0. */
  configure(command: Command): void;
}

export interface CommandEntry {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  load(): Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'callbacks',
    summary: "receive Dataverse's callbacks, and wake the workflows that wait",
    load: () => import('./commands/callbacks.js'),
  },
  {
    name: 'codegen',
    summary: 'write a typed module for a desktop flow, or check whether one still fits',
    load: () => import('./commands/codegen.js'),
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong with the set-up, and say what to do about it',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'explain',
    summary: 'tell why a robot ended as it did',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'import-bpmn',
    summary: "write calls of RunDesktopFlow from a BPMN file with Camunda's Power Automate connector",
    load: () => import('./commands/import-bpmn.js'),
  },
  {
    name: 'nexus',
    summary: 'create the Nexus endpoint by which other namespaces have desktop flows run',
    load: () => import('./commands/nexus.js'),
  },
];
