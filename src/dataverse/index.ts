/** HOST: the Web API client. Never imports `@temporalio/*`. */
export { DataverseClient, type DataverseClientOptions, type RunDesktopFlowParameters } from './client';
export type { DataverseCredentials } from './credentials';
export { bearerTokenProblem } from './credentials';
export { digest } from './digest';
export { DataverseError, type DataverseErrorKind, isRefusal } from './errors';
export { type FlowSession, type FlowSessionOrigin, sessionId } from './flow-session';
export { isHostPattern, organizationHostProblem, tokenEndpointProblem } from './hosts';
export type { RequestLimits } from './organization-gate';
