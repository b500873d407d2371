/** SANDBOX: the workflows as the worker process runs them where it has versions. */
import { declareVersioning } from './versioning';

declareVersioning();

export * from './worker-bundle';
