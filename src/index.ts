/** HOST: what a worker, or a script that talks to Dataverse, needs. Workflow code imports `./workflow` instead. */
export {
  type CreateActivitiesOptions,
  /** @deprecated by its old name. */
  type CreateActivitiesOptions as ConnectorOptions,
  createActivities,
} from './activities';
export type {
  CheckResultExpressionInput,
  DataverseTarget,
  EvaluateResultExpressionInput,
  ExplainFlowRunInput,
  FindFlowRunInput,
  FindFlowRunResult,
  FlowRunActivities,
  FlowSessionInput,
  GetFlowOutputsInput,
  GetFlowOutputsResult,
  GetFlowRunStatusInput,
  GetFlowRunStatusResult,
  LinkedResult,
  StatusExtras,
  TriggerFlowRunInput,
  TriggerFlowRunResult,
  WatchedResult,
} from './common/activities';
export type { Backoff } from './common/backoff';
export type { BatchItemResult, CollectFlowRunsInput, CollectFlowRunsResult } from './common/batch-result';
export type {
  ActionLog,
  ExplainedError,
  FlowRunExplanation,
  LoggedAction,
  QueueEvent,
  RobotsMachine,
  RunTiming,
} from './common/explanation';
export type { PortalLinks } from './common/portal-links';
export type {
  Deadline,
  ExpressionResult,
  FlowRunAttempt,
  LicenseCheck,
  RunDesktopFlowResult,
} from './common/result';
export type { Authentication } from './common/schema/fields';
export { startsQueueOf } from './common/start-priority';
export type { FlowRunStatus } from './common/status';
export type {
  HandOverFlowRunsInput,
  LookAtFlowRunsResult,
  WatchedRobot,
  WatchedRobotsInput,
  WatcherActivities,
} from './common/watch';
export type { CallbackSettings } from './config/callbacks';
export {
  type Config,
  ConfigError,
  type PowerAutomateConfig,
  type ReadConfigOptions,
  readConfig,
  type TemporalConfig,
} from './config/config';
export type { DeploymentVersion } from './config/deployment';
export { fileSecrets } from './config/file-secrets';
export { type KeyVaultSecretsOptions, keyVaultSecrets } from './config/key-vault-secrets';
export type { Listener, OperationsSettings } from './config/operations';
export {
  type AllowedSecrets,
  type EnvironmentSecretsOptions,
  environmentSecrets,
  type SecretProvider,
} from './config/secrets';
export { secretsInTurn } from './config/secrets-in-turn';
export {
  type AccessToken,
  type BearerCredentials,
  type CallOptions,
  DataverseClient,
  type DataverseClientOptions,
  type DataverseCredentials,
  DataverseError,
  type DataverseErrorFields,
  type DataverseErrorKind,
  type DownloadOptions,
  type FlowLogEntry,
  type FlowMachine,
  type FlowSession,
  type FlowSessionOrigin,
  type FlowSessionsQuery,
  type FlowSummary,
  type ListedFlowSession,
  type MachineSummary,
  type OAuthCredentials,
  type OAuthFileCredentials,
  type RequestLimits,
  type RunDesktopFlowParameters,
  type RunDesktopFlowResponse,
  type RunRecord,
  type ShownAnswer,
  type StartedFlowSessionsQuery,
  type TokenCredential,
} from './dataverse';
export type { PowerAutomatePluginOptions } from './plugin/options';
export { PowerAutomatePlugin } from './plugin/plugin';
export { type LimitStartsOptions, limitStarts } from './temporal/starts-limit';
