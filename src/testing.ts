/**
 * HOST, development and tests only: an emulator of Dataverse, and Temporal's own servers for development and tests,
 * found or built. For the tests of those who use this package.
 */

export {
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type FederatedCredential,
  type FlowDefinition,
  type FlowsFile,
  type ForeignRun,
  INVOICE_FLOWS,
  type ManagedIdentityOptions,
  type RegisteredCredentials,
  type Seen,
  type SeenRequest,
  type SeenSession,
  type SetupFault,
  startEmulator,
} from './testing/emulator';
export {
  type DevServer,
  type FindServerOptions,
  findDevServer,
  findTestServer,
  startDevServer,
} from './testing/temporal-servers';
