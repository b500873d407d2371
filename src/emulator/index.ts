/**
 * HOST, development and tests only: a Dataverse to start in code. Production code never imports it.
 */

export { type Emulator, startEmulator } from './emulator';
export type { Fault } from './faults';
export type { FlowDefinition, FlowsFile } from './flows-file';
export type { ForeignRun } from './foreign-run';
export { INVOICE_FLOWS } from './invoice-flows';
export type { EmulatorOptions } from './options';
export type { Seen, SeenRequest, SeenSession } from './seen';
