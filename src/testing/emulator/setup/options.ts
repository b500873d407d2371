/** HOST, development only: the options of an emulator, and the defaults with their reasons. */
import { randomBytes, randomUUID } from 'node:crypto';
import { isLoopback } from '../../../common/schema/urls';
import { FLOW_RUN_STATUSES, type FlowRunStatus, isTerminal } from '../../../common/status';
import {
  type ConfiguredAnswer,
  DEFAULT_ANSWERS,
  type UnverifiedAnswers,
  type UnverifiedCase,
} from '../odata/answers';
import { type Duration, toMs } from './duration';
import { type Environment, type FlowsFile, parseFlowsFile } from './flows-file';
import { INVOICE_FLOWS } from './invoice-flows';
import type { RegisteredCredentials } from './registered-credentials';
import { InvalidError } from './validate';

/** The values of `callbackUrls`. */
export const CALLBACK_URLS = ['keep', 'drop', 'refuseInvalid'] as const;

export interface EmulatorLimits {
  /** Starts a minute and connection (Microsoft: desktop-flow-public-apis). @default 70 */
  readonly startsPerMinute: number;
  /** Requests within 300 seconds (Microsoft: api-limits). @default 6000 */
  readonly requests: number;
  /** Requests in flight at once (Microsoft: api-limits). @default 52 */
  readonly concurrentRequests: number;
  /** Execution time of all requests within 300 seconds (Microsoft: api-limits). @default '20m' */
  readonly executionTime: Duration;
  /** What one request counts towards `executionTime`. @default the time it really took */
  readonly executionTimePerRequest?: Duration;
  /** Size of the trigger's `inputs` in bytes (Microsoft: desktop-flow-public-apis). @default 2097152 */
  readonly inputsBytes: number;
  /** Values in one `In`; no number is documented. @default Infinity */
  readonly valuesInIn: number;
  /** Time that a run may wait for a machine (Microsoft: manage-machines). @default '6h' */
  readonly queueTime: Duration;
}

interface EmulatorStatuses {
  /** A run that waits for a machine. @default 'Waiting' */
  readonly queued: FlowRunStatus;
  /** A run that waited longer than `limits.queueTime`. @default 'Failed' */
  readonly queueExpired: FlowRunStatus;
  /** A run that took longer than its `timeout`. @default 'TimedOut' */
  readonly timedOut: FlowRunStatus;
  /** A run that a failed licence check keeps from starting. @default 'Skipped' */
  readonly unlicensed: FlowRunStatus;
}

/** The managed identities of the machine that an emulator plays. */
export interface ManagedIdentityOptions {
  /** The value of `IDENTITY_HEADER`. @default random at every start */
  readonly header?: string;
  /** @default true */
  readonly systemAssigned?: boolean;
  /** Client ids of user-assigned identities. @default none */
  readonly clientIds?: readonly string[];
}

export interface EmulatorOptions {
  /** Address to listen on; one beyond loopback needs `allowRemote`. @default '127.0.0.1' */
  readonly host?: string;
  /**
   * Lets other machines reach the emulator: whoever can connect may ask for faults, read what was sent, and have it call
   * any URL. @default false
   */
  readonly allowRemote?: boolean;
  /** @default 0, a free port */
  readonly port?: number;
  /** @default the three invoice flows of `invoice-flows.ts` */
  readonly flows?: FlowsFile;
  /** Epoch milliseconds. With any other clock than the default, no timer moves runs. @default Date.now */
  readonly clock?: () => number;
  /** @default 'emulator.onmicrosoft.com' */
  readonly tenantId?: string;
  /** Id of the environment, as its portal's addresses have it. @default random at every start */
  readonly environmentId?: string;
  /** @default random at every start */
  readonly clientId?: string;
  /** @default random at every start */
  readonly clientSecret?: string;
  /** By what else the application proves who it is, or instead of `clientSecret`. @default `clientSecret` alone */
  readonly credentials?: RegisteredCredentials;
  /** The managed identities of the machine. @default the system-assigned one, with a random header */
  readonly managedIdentity?: ManagedIdentityOptions;
  /** What the tenant has besides the organization, to get tokens for: origins. @default ['https://vault.azure.net'] */
  readonly resources?: readonly string[];
  /** Listens with TLS too, on a port of its own, as Microsoft's libraries demand of a token endpoint. @default no TLS */
  readonly tls?: {
    /** PEM. */
    readonly cert: string;
    /** PEM. */
    readonly key: string;
  };
  /** A token that the emulator always accepts. @default random at every start */
  readonly bearerToken?: string;
  /** Lifetime of the token endpoint's tokens, in seconds. @default 3599 */
  readonly tokenLifetimeSeconds?: number;
  readonly limits?: Partial<EmulatorLimits>;
  /** Answers for what Microsoft does not document. @default those of `answers.ts` */
  readonly answers?: Partial<Record<UnverifiedCase, ConfiguredAnswer>>;
  /** Status codes for what Microsoft does not document. */
  readonly statuses?: Partial<EmulatorStatuses>;
  /** Time from the cancel of a running run to status Cancelled; a queued one is cancelled at once. @default '200ms' */
  readonly cancelDelay?: Duration;
  /** Time from the trigger's answer until the row can be read. @default 0 */
  readonly visibilityDelay?: Duration;
  /** What the column `startedon` holds; unverified. @default 'execution' */
  readonly startedOn?: 'execution' | 'request';
  /** Whether the trigger checks inputs against the flow's schema; unverified. @default false */
  readonly checkInputs?: boolean;
  /** False: an environment without the table `flowlog`. @default true */
  readonly flowLogTable?: boolean;
  /**
   * In what a run's columns `runduration`, `runwaitduration` and `runexecutionduration` count, which is not documented;
   * 'none' leaves them empty. @default 'milliseconds'
   */
  readonly durations?: 'milliseconds' | 'seconds' | 'none';
  /** Whether a run that did not succeed leaves outputs; unverified. @default false */
  readonly failedRunsLeaveOutputs?: boolean;
  /** False: files are kept in the database (own keys, BYOK) and cannot be read in ranges. @default true */
  readonly rangedDownloads?: boolean;
  /** Whether If-None-Match on a run can get a 304; unverified. @default false */
  readonly notModified?: boolean;
  /**
   * The real service calls back only https URLs with a public DNS name. With true the emulator also takes loopback,
   * http, IP addresses and host names of one word, because people develop on a laptop or in containers. @default true
   */
  readonly allowLoopbackCallbacks?: boolean;
  /**
   * What becomes of the URL of a trigger; unverified. 'keep': it is in the column `callbackurl`. 'drop': the column is
   * null. 'refuseInvalid': a host below `.invalid` is refused, because it cannot exist. @default 'keep'
   */
  readonly callbackUrls?: 'keep' | 'drop' | 'refuseInvalid';
  /** Ends that cause a callback; unverified for runs that were cancelled, timed out or never started. @default all */
  readonly callbackStatuses?: readonly FlowRunStatus[];
  /** Time that a callback's receiver has to answer; unverified. @default '10s' */
  readonly callbackTimeout?: Duration;
  /** With 'user' the caller can start runs, but can neither see nor cancel them. @default 'owner' */
  readonly privileges?: 'owner' | 'user';
  /** Gets one line for each request and each change of a run. @default none */
  readonly log?: (line: string) => void;
}

type Resolved = Required<
  Omit<EmulatorOptions, 'flows' | 'limits' | 'statuses' | 'answers' | 'clock' | 'managedIdentity' | 'tls'>
>;

export interface Settings extends Resolved {
  readonly environment: Environment;
  readonly managedIdentity: Required<ManagedIdentityOptions>;
  readonly tls: EmulatorOptions['tls'];
  readonly limits: EmulatorLimits;
  readonly statuses: Readonly<Record<keyof EmulatorStatuses, number>>;
  readonly answers: UnverifiedAnswers;
  readonly now: () => number;
  readonly cancelDelayMs: number;
  readonly visibilityDelayMs: number;
  readonly callbackTimeoutMs: number;
  readonly queueTimeMs: number;
}

/** @throws InvalidError */
export function resolveOptions(options: EmulatorOptions): Settings {
  const { flows = INVOICE_FLOWS, clock, limits, statuses, answers, managedIdentity, tls, ...given } = options;
  const resolved: Resolved = {
    host: '127.0.0.1',
    allowRemote: false,
    port: 0,
    tenantId: 'emulator.onmicrosoft.com',
    environmentId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomBytes(24).toString('base64url'),
    bearerToken: randomBytes(24).toString('base64url'),
    credentials: {},
    resources: ['https://vault.azure.net'],
    tokenLifetimeSeconds: 3599,
    cancelDelay: '200ms',
    visibilityDelay: 0,
    startedOn: 'execution',
    checkInputs: false,
    flowLogTable: true,
    durations: 'milliseconds',
    failedRunsLeaveOutputs: false,
    rangedDownloads: true,
    notModified: false,
    allowLoopbackCallbacks: true,
    callbackUrls: 'keep',
    callbackStatuses: FLOW_RUN_STATUSES.filter((_, code) => isTerminal(code)),
    callbackTimeout: '10s',
    privileges: 'owner',
    log: () => {},
    ...defined(given),
  };
  if (!resolved.allowRemote && !isLoopbackAddress(resolved.host)) {
    throw new InvalidError(
      `The emulator would be open to other machines on '${resolved.host}', and it trusts whoever calls. ` +
        'Leave the host to its default, or allow it: allowRemote, or --allow-remote on the command line.',
    );
  }
  const allLimits: EmulatorLimits = {
    startsPerMinute: 70,
    requests: 6000,
    concurrentRequests: 52,
    executionTime: '20m',
    inputsBytes: 2 * 1024 * 1024,
    valuesInIn: Number.POSITIVE_INFINITY,
    queueTime: '6h',
    ...defined(limits),
  };
  const code = (status: FlowRunStatus) => FLOW_RUN_STATUSES.indexOf(status);
  return {
    ...resolved,
    environment: parseFlowsFile(flows),
    managedIdentity: {
      header: randomBytes(24).toString('base64url'),
      systemAssigned: true,
      clientIds: [],
      ...defined(managedIdentity),
    },
    tls,
    limits: allLimits,
    statuses: {
      queued: code(statuses?.queued ?? 'Waiting'),
      queueExpired: code(statuses?.queueExpired ?? 'Failed'),
      timedOut: code(statuses?.timedOut ?? 'TimedOut'),
      unlicensed: code(statuses?.unlicensed ?? 'Skipped'),
    },
    answers: { ...DEFAULT_ANSWERS, ...defined(answers) },
    now: clock ?? (() => Date.now()),
    cancelDelayMs: toMs(resolved.cancelDelay),
    visibilityDelayMs: toMs(resolved.visibilityDelay),
    callbackTimeoutMs: toMs(resolved.callbackTimeout),
    queueTimeMs: toMs(allLimits.queueTime),
  };
}

/** Leaves out options that are undefined: they count as not given. */
function defined<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** An address as one listens on it: IPv6 without brackets. A name other than localhost may lead anywhere. */
function isLoopbackAddress(host: string): boolean {
  return isLoopback(host) || host === '::1';
}
