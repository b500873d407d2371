/** HOST: for services and workers of your own: what becomes of payloads on their way to Temporal, as the worker process has it. */
export { ConfigError } from './config/config-error';
export { readDataConverter } from './temporal/data-converter';
