/** HOST: what a worker, or a script that talks to Dataverse, needs. Workflow code imports `./workflow` instead. */
export {
  type CreateActivitiesOptions,
  /** @deprecated by its old name. */
  type CreateActivitiesOptions as ConnectorOptions,
  createActivities,
} from './activities';
export type {
  DataverseTarget,
  FindFlowRunInput,
  FindFlowRunResult,
  FlowRunActivities,
  FlowSessionInput,
  GetFlowOutputsResult,
  TriggerFlowRunInput,
  TriggerFlowRunResult,
} from './common/activities';
export { startsQueueOf } from './common/start-priority';
export { type Config, ConfigError, readConfig } from './config/config';
export { environmentSecrets, type SecretProvider } from './config/secrets';
export { DataverseClient, type DataverseCredentials, DataverseError } from './dataverse';
export { type LimitStartsOptions, limitStarts } from './temporal/starts-limit';
