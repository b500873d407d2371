/** HOST, development only: a Dataverse to start in code. Production code never imports it. */
export { type Emulator, startEmulator } from './emulator';
export type { Fault } from './faults/faults';
export type { FlowDefinition, FlowsFile } from './setup/flows-file';
export { INVOICE_FLOWS } from './setup/invoice-flows';
export type { EmulatorOptions, ManagedIdentityOptions } from './setup/options';
export type { FederatedCredential, RegisteredCredentials } from './setup/registered-credentials';
export type { SetupFault } from './setup/setup-faults';
export type { ForeignRun } from './world/foreign-run';
export type { Seen, SeenRequest, SeenSession } from './world/seen';
