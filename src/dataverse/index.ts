/** HOST: the Web API client. Never imports `@temporalio/*`. */

export {
  type AccessToken,
  authenticationName,
  type BearerCredentials,
  bearerTokenProblem,
  credentialsKey,
  type DataverseCredentials,
  isTokenCredential,
  type OAuthCredentials,
  type OAuthFileCredentials,
  type ResolvedCredentials,
  type TokenCredential,
} from './auth/credentials';
export { digest } from './auth/digest';
export { readSecretFile } from './auth/secret-file';
export { secretsInUse, tokenSourceFor } from './auth/token-source';
export type {
  DataverseClientOptions,
  FlowSessionsQuery,
  FlowSummary,
  ListedFlowSession,
  MachineSummary,
  RunDesktopFlowParameters,
  RunDesktopFlowResponse,
  StartedFlowSessionsQuery,
} from './client-types';
export { DataverseClient } from './dataverse-client';
export type { DownloadOptions } from './file-download';
export type { FlowSession, FlowSessionOrigin } from './flow-session';
export { isHostPattern, organizationHostProblem, tokenEndpointProblem } from './hosts';
export { CONNECTION_THROTTLED } from './http/answers';
export {
  heldBack,
  type RequestDone,
  requestsDone,
  throttling,
  tokenRenewals,
} from './http/diagnostics';
export {
  DataverseError,
  type DataverseErrorFields,
  type DataverseErrorKind,
  isRefusal,
} from './http/errors';
export type { ShownAnswer } from './http/exchange';
export { budgetsLeft, organizationKey, type RequestLimits } from './limits/organization-gate';
export type { SharedWaits } from './limits/shared-waits';
export type { FlowLogEntry, FlowMachine, RunRecord } from './run-record';
export type { CallOptions } from './session';
