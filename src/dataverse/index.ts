/** HOST: the Web API client. Never imports `@temporalio/*`. */

export type { DataverseCredentials } from './auth/credentials';
export { bearerTokenProblem } from './auth/credentials';
export { digest } from './auth/digest';
export {
  DataverseClient,
  type DataverseClientOptions,
  type RunDesktopFlowParameters,
} from './dataverse-client';
export { type FlowSession, type FlowSessionOrigin, sessionId } from './flow-session';
export { isHostPattern, organizationHostProblem, tokenEndpointProblem } from './hosts';
export { DataverseError, type DataverseErrorKind, isRefusal } from './http/errors';
export type { RequestLimits } from './limits/organization-gate';
