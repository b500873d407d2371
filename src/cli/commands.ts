/** HOST: the list of commands. What a command needs is loaded when it is called. */
import type { CommandEntry } from './support/command-entry';

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'batch',
    summary: 'run a desktop flow for each row of a file',
    load: () => import('./commands/batch.js'),
  },
  {
    name: 'callbacks',
    summary: "receive Dataverse's callbacks, and wake the workflows that wait",
    load: () => import('./commands/callbacks.js'),
  },
  {
    name: 'cancel',
    summary: 'stop the robot of a run',
    load: () => import('./commands/cancel.js'),
  },
  {
    name: 'codec-server',
    summary: "show encrypted payloads in Temporal's web UI",
    load: () => import('./commands/codec-server.js'),
  },
  {
    name: 'codegen',
    summary: 'write a typed module for a desktop flow, or check whether one still fits',
    load: () => import('./commands/codegen.js'),
  },
  {
    name: 'completion',
    summary: 'have a shell complete commands and options',
    load: () => import('./commands/completion.js'),
  },
  {
    name: 'dev',
    summary: 'start a Temporal server, an emulator and a worker on this machine',
    load: () => import('./commands/dev.js'),
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong with the set-up, and say what to do about it',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'emulator',
    summary: 'start an emulator of Dataverse',
    load: () => import('./commands/emulator.js'),
  },
  {
    name: 'explain',
    summary: 'tell why a robot ended as it did',
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'flows',
    summary: 'list the desktop flows',
    load: () => import('./commands/flows.js'),
  },
  {
    name: 'import-bpmn',
    summary: "write calls of RunDesktopFlow from a BPMN file with Camunda's Power Automate connector",
    load: () => import('./commands/import-bpmn.js'),
  },
  {
    name: 'list',
    summary: 'list runs, or robots, by flow, status, error code and time',
    load: () => import('./commands/list.js'),
  },
  {
    name: 'machines',
    summary: 'list the machines',
    load: () => import('./commands/machines.js'),
  },
  {
    name: 'nexus',
    summary: 'create the Nexus endpoint by which other namespaces have desktop flows run',
    load: () => import('./commands/nexus.js'),
  },
  {
    name: 'outputs',
    summary: 'print the outputs of a run',
    load: () => import('./commands/outputs.js'),
  },
  {
    name: 'retry',
    summary: 'run a failed run again, with its input',
    load: () => import('./commands/retry.js'),
  },
  {
    name: 'run',
    summary: 'run a desktop flow, and wait for its outputs',
    load: () => import('./commands/run.js'),
  },
  {
    name: 'schema',
    summary: 'tell what a desktop flow takes and returns',
    load: () => import('./commands/schema.js'),
  },
  {
    name: 'search-attributes',
    summary: 'register the search attributes of runs',
    load: () => import('./commands/search-attributes.js'),
  },
  {
    name: 'start',
    summary: 'start a robot, and do not wait',
    load: () => import('./commands/start.js'),
  },
  {
    name: 'status',
    summary: 'tell what a run does, or how it ended',
    load: () => import('./commands/status.js'),
  },
  {
    name: 'watch',
    summary: 'wait for the end of a run',
    load: () => import('./commands/watch.js'),
  },
  {
    name: 'worker',
    summary: 'run the worker',
    load: () => import('./commands/worker.js'),
  },
];
