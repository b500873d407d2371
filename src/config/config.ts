/**
 * HOST: reads the environment into a typed configuration, once, when a process starts. Names every problem at once,
 * and repeats no value.
 */
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { messageOf } from '../common/message-of';
import { DEFAULT_TASK_QUEUE } from '../common/messages';
import { toMs } from '../common/schema/fields';
import { splitList } from '../common/split-list';
import { STARTS_PER_MINUTE } from '../common/start-priority';
import {
  type DataverseCredentials,
  isHostPattern,
  organizationHostProblem,
  type RequestLimits,
  type TokenCredential,
} from '../dataverse';
import { type CallbackSettings, readCallbackSettings } from './callbacks';
import { ConfigError } from './config-error';
import { type Read, readCredentials, readPlatformCredential } from './credentials';
import { type DeploymentVersion, readDeployment } from './deployment';
import { type OperationsSettings, readOperationsSettings } from './operations';
import { type PayloadSettings, payloadSecretsOf, readPayloadSettings } from './payloads';
import { DEFAULT_SECRETS_FROM, ownSecretReader, secretsFromProblem } from './secret-providers';
import { allowedSecretProblem, DEFAULT_ALLOWED_SECRETS } from './secrets';

export { ConfigError } from './config-error';

/** What every worker that runs desktop flows has to know, whatever else it is. */
export interface PowerAutomateConfig extends CallbackSettings {
  /** POWER_AUTOMATE_ORGANIZATION_URI */
  organizationUri?: string;
  /**
   * What POWER_AUTOMATE_CREDENTIAL names; where it is not set, the OAuth variables where all three are, else
   * POWER_AUTOMATE_BEARER_TOKEN.
   */
  credentials?: DataverseCredentials;
  /** POWER_AUTOMATE_ALLOWED_HOSTS, comma-separated. */
  allowedHosts: string[];
  /** POWER_AUTOMATE_SECRETS, comma-separated: the names that inputs may use. @default ['POWER_AUTOMATE_*'] */
  allowedSecrets: string[];
  /**
   * POWER_AUTOMATE_SECRETS_FROM, comma-separated: `environment`, paths of folders, URLs of key vaults, asked in this order.
   * @default ['environment']
   */
  secretsFrom: string[];
  /** POWER_AUTOMATE_SECRETS_KEPT_FOR: how long secrets of a key vault are kept, in milliseconds. @default 300000 */
  secretsKeptForMs?: number;
  /** POWER_AUTOMATE_KEY_VAULT_CREDENTIAL: as whom key vaults are asked. @default `credentials` */
  keyVaultCredential?: TokenCredential;
  /** POWER_AUTOMATE_SETTLING_WINDOW, in milliseconds. */
  settlingWindowMs?: number;
  /** POWER_AUTOMATE_REQUEST_TIMEOUT, for one HTTP request to Dataverse, in milliseconds. */
  requestTimeoutMs?: number;
  /** POWER_AUTOMATE_REQUEST_BUDGET and POWER_AUTOMATE_CONCURRENT_REQUESTS, to one organization. */
  limits: RequestLimits;
  /** POWER_AUTOMATE_STARTS_PER_MINUTE: of each connection, by all workers together; 0 for no limit. @default 66 */
  startsPerMinute: number;
  /**
   * POWER_AUTOMATE_NEXUS, `on` or `off`: whether a worker with workflows answers to the Nexus service `DesktopFlows`. Off where
   * the server has no Nexus, or where nobody calls it, which saves a poller. @default true
   */
  nexus: boolean;
  /** POWER_AUTOMATE_SEARCH_ATTRIBUTES, `on` or `off`: whether runs show search attributes. @default false */
  searchAttributes: boolean;
  /** PAYLOAD_* and EXTERNAL_STORAGE_*: what becomes of payloads on their way to Temporal. */
  payloads: PayloadSettings;
}

/** Where the workers of Temporal are. */
export interface TemporalConfig {
  /** Address, TLS and API key, as `@temporalio/envconfig` reads TEMPORAL_ADDRESS and its siblings. */
  temporal: ClientConnectConfig;
  /** TEMPORAL_NAMESPACE. @default 'default' */
  namespace: string;
  /** TEMPORAL_TASK_QUEUE. @default 'power-automate' */
  taskQueue: string;
  /** PAYLOAD_* and EXTERNAL_STORAGE_*: what becomes of payloads on their way to Temporal. */
  payloads: PayloadSettings;
}

/** What the worker process is told. */
export interface Config extends PowerAutomateConfig, TemporalConfig, OperationsSettings {
  /** POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND: by all workers of the task queue together. @default no limit */
  maxActivitiesPerSecond?: number;
  /** POWER_AUTOMATE_CACHED_WORKFLOWS: kept in memory while they wait. @default 500 */
  cachedWorkflows: number;
  /**
   * TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID: which version of which worker deployment this is. @default none:
   * workers take whatever there is
   */
  deployment?: DeploymentVersion;
  /** LOG_LEVEL, one of pino's. @default 'info' */
  logLevel: string;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

export interface ReadConfigOptions {
  /** Whether callbacks must be received, so that CALLBACK_PORT is needed. @default false */
  receivesCallbacks?: boolean;
}

/** @throws ConfigError */
export function readConfig(
  environment: NodeJS.ProcessEnv = process.env,
  { receivesCallbacks: receives = false }: ReadConfigOptions = {},
): Config {
  const problems: string[] = [];
  const read = readerOf(environment);
  const config = readOwn(environment, receives, problems);
  const logLevel = readLogLevel(read, problems);
  const maxActivitiesPerSecond = readNumber(read, 'POWER_AUTOMATE_MAX_ACTIVITIES_PER_SECOND', problems);
  const cachedWorkflows = readWholeNumber(read, 'POWER_AUTOMATE_CACHED_WORKFLOWS', problems);
  const operations = readOperationsSettings(read, problems);
  const deployment = readDeployment(read, problems);
  const temporal = readWhere(environment, problems);
  const payloads = readPayloadSettings(read, problems, () => config.credentials);
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...config,
    ...temporal,
    payloads,
    ...operations,
    ...(deployment && { deployment }),
    logLevel,
    cachedWorkflows: cachedWorkflows ?? DEFAULT_CACHED_WORKFLOWS,
    ...(maxActivitiesPerSecond !== undefined && { maxActivitiesPerSecond }),
  };
}

export function readLogLevel(read: Read, problems: string[]): string {
  const logLevel = read('LOG_LEVEL') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}`);
  return logLevel;
}

/** Reads what has to do with Power Automate alone. @throws ConfigError */
export function readPowerAutomateConfig(environment: NodeJS.ProcessEnv): PowerAutomateConfig {
  const problems: string[] = [];
  const config = readOwn(environment, false, problems);
  const payloads = readPayloadSettings(readerOf(environment), problems, () => config.credentials);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, payloads };
}

/** Reads what has to do with Temporal alone. @throws ConfigError */
export function readTemporalConfig(environment: NodeJS.ProcessEnv): TemporalConfig {
  const problems: string[] = [];
  const config = readWhere(environment, problems);
  const credentials = () => readIdentity(environment, problems).credentials;
  const payloads = readPayloadSettings(readerOf(environment), problems, credentials);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...config, payloads };
}

function readWhere(environment: NodeJS.ProcessEnv, problems: string[]): Omit<TemporalConfig, 'payloads'> {
  const temporal = readTemporal(environment, problems);
  return {
    temporal,
    namespace: temporal.namespace ?? 'default',
    taskQueue: readerOf(environment)('TEMPORAL_TASK_QUEUE') ?? DEFAULT_TASK_QUEUE,
  };
}

/** An empty variable counts as unset, as it is in a compose file or an `.env` that leaves it out. */
function readerOf(environment: NodeJS.ProcessEnv): Read {
  return (name) => environment[name]?.trim() || undefined;
}

function readOwn(
  environment: NodeJS.ProcessEnv,
  receives: boolean,
  problems: string[],
): Omit<PowerAutomateConfig, 'payloads'> {
  const read = readerOf(environment);
  const allowedHosts = readList(read, 'POWER_AUTOMATE_ALLOWED_HOSTS');
  for (const host of allowedHosts.filter((pattern) => !isHostPattern(pattern))) {
    problems.push(
      `POWER_AUTOMATE_ALLOWED_HOSTS must hold host names such as *.dataverse.contoso.com, not ${host}`,
    );
  }
  const namedSecrets = readList(read, 'POWER_AUTOMATE_SECRETS');
  for (const problem of new Set(namedSecrets.map(allowedSecretProblem)))
    if (problem) problems.push(`POWER_AUTOMATE_SECRETS ${problem}`);
  const organizationUri = read('POWER_AUTOMATE_ORGANIZATION_URI');
  const organizationProblem =
    organizationUri && organizationHostProblem(organizationUri, { ownOrganization: organizationUri });
  if (organizationProblem) problems.push(`POWER_AUTOMATE_ORGANIZATION_URI ${organizationProblem}`);

  const { credentials, ...secrets } = readIdentity(environment, problems);
  const callbacks = readCallbackSettings(read, { organizationUri, credentials, receives }, problems);
  const settlingWindowMs = readDuration(read, 'POWER_AUTOMATE_SETTLING_WINDOW', problems);
  const requestTimeoutMs = readDuration(read, 'POWER_AUTOMATE_REQUEST_TIMEOUT', problems);
  const requestBudget = readWholeNumber(read, 'POWER_AUTOMATE_REQUEST_BUDGET', problems);
  const concurrentRequests = readWholeNumber(read, 'POWER_AUTOMATE_CONCURRENT_REQUESTS', problems);
  const startsPerMinute = readStartsPerMinute(read, problems);
  return {
    allowedHosts,
    allowedSecrets: namedSecrets.length > 0 ? namedSecrets : DEFAULT_ALLOWED_SECRETS,
    ...secrets,
    limits: {
      ...(requestBudget !== undefined && { requestBudget }),
      ...(concurrentRequests !== undefined && { concurrentRequests }),
    },
    startsPerMinute,
    nexus: readSwitch(read, 'POWER_AUTOMATE_NEXUS', problems, 'on'),
    searchAttributes: readSwitch(read, 'POWER_AUTOMATE_SEARCH_ATTRIBUTES', problems, 'off'),
    ...callbacks,
    ...(settlingWindowMs !== undefined && { settlingWindowMs }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    ...(organizationUri && { organizationUri }),
    ...(credentials && { credentials }),
  };
}

type Identity = Pick<
  PowerAutomateConfig,
  'credentials' | 'secretsFrom' | 'secretsKeptForMs' | 'keyVaultCredential'
>;

/** Who asks, and where the secrets come from: the certificate of the one may be among the others. */
function readIdentity(environment: NodeJS.ProcessEnv, problems: string[]): Identity {
  const read = readerOf(environment);
  const named = readList(read, 'POWER_AUTOMATE_SECRETS_FROM');
  for (const problem of new Set(named.map(secretsFromProblem)))
    if (problem) problems.push(`POWER_AUTOMATE_SECRETS_FROM ${problem}`);
  const secretsFrom = named.length > 0 ? named : DEFAULT_SECRETS_FROM;
  const secretsKeptForMs = readDuration(read, 'POWER_AUTOMATE_SECRETS_KEPT_FOR', problems);
  const context = { read, problems };
  const keyVaultCredential = readPlatformCredential('POWER_AUTOMATE_KEY_VAULT_CREDENTIAL', context);
  const ownSecret = ownSecretReader(environment, { secretsFrom, secretsKeptForMs }, keyVaultCredential);
  const credentials = readCredentials({ read, problems, ownSecret });
  return {
    secretsFrom,
    ...(secretsKeptForMs !== undefined && { secretsKeptForMs }),
    ...(keyVaultCredential && { keyVaultCredential }),
    ...(credentials && { credentials }),
  };
}

function readList(read: Read, name: string): string[] {
  return splitList(read(name));
}

function readDuration(read: Read, name: string, problems: string[]): number | undefined {
  const text = read(name);
  if (text === undefined) return undefined;
  const ms = toMs(text);
  if (ms === undefined || ms < 0) problems.push(`${name} must be a duration such as 90s or 2m`);
  return ms;
}

/**
 * 60 KiB each (`docs/configuration.md`). A workflow that is not kept is replayed when its robot has ended, which takes
 * some milliseconds. The SDK's own number expects a heap of several GiB.
 */
const DEFAULT_CACHED_WORKFLOWS = 500;

function readStartsPerMinute(read: Read, problems: string[]): number {
  const name = 'POWER_AUTOMATE_STARTS_PER_MINUTE';
  const text = read(name);
  if (text === undefined) return STARTS_PER_MINUTE;
  if (text === 'off' || text === '0') return 0;
  return readNumber(read, name, problems, ", or 'off'") ?? 0;
}

function readSwitch(read: Read, name: string, problems: string[], otherwise: 'on' | 'off'): boolean {
  const text = read(name) ?? otherwise;
  if (text !== 'on' && text !== 'off') problems.push(`${name} must be on or off`);
  return text === 'on';
}

function readWholeNumber(read: Read, name: string, problems: string[]): number | undefined {
  const value = readNumber(read, name, problems);
  if (value === undefined || Number.isInteger(value)) return value;
  problems.push(`${name} must be a whole number`);
  return undefined;
}

function readNumber(read: Read, name: string, problems: string[], or = ''): number | undefined {
  const text = read(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  problems.push(`${name} must be a number above 0${or}`);
  return undefined;
}

function readTemporal(environment: NodeJS.ProcessEnv, problems: string[]): ClientConnectConfig {
  const entries = Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]);
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(entries) });
  } catch (error) {
    // Only the first line: the others quote the file, which may hold an API key.
    const [why] = messageOf(error).split('\n');
    problems.push(`TEMPORAL_* or Temporal's configuration file: ${why}`);
    return { connectionOptions: {} };
  }
}

/** Returns every value of a configuration that must not show in a log. `secretsInUse` has what changes. */
export function secretsOf({ credentials, temporal, signingKeys, payloads }: Config): string[] {
  const { apiKey } = temporal.connectionOptions;
  const own = credentials?.type === undefined ? [] : Object.values({ ...credentials, ...NO_SECRETS });
  return [...own, ...signingKeys, ...payloadSecretsOf(payloads), apiKey].filter(
    (secret): secret is string => typeof secret === 'string' && secret !== '',
  );
}

/** Of credentials, what may show. */
const NO_SECRETS = { type: undefined, tokenEndpoint: undefined, clientSecretFile: undefined };
