/** HOST: the options that a worker may set for its activities. */
import type { SecretProvider } from '../../config/secrets';
import type { DataverseCredentials, RequestLimits } from '../../dataverse';

/** Options of `createActivities`. */
export interface CreateActivitiesOptions {
  /** The worker's own organization: the default of every input, and always allowed. */
  organizationUri?: string;
  /** The worker's own credentials. */
  credentials?: DataverseCredentials;
  /** Host patterns besides Microsoft's Dataverse domains, such as `*.dataverse.contoso.com`. @default [] */
  allowedHosts?: readonly string[];
  /** Resolves `{{secrets.NAME}}`. */
  secrets: SecretProvider;
  /** Time-out of one HTTP request, in milliseconds. @default that of the client */
  requestTimeoutMs?: number;
  /**
   * Base of the callback URLs that the worker generates for runs without one of their own. The key in it finds a robot
   * again whose trigger got no answer. 'off': none; then such a robot can seldom be told from others.
   * @default 'https://temporal-power-automate.invalid', where nobody can ever listen
   */
  callbackBaseUrl?: string;
  /** They sign those URLs. @default CALLBACK_SIGNING_KEYS of `secrets`, else one derived from `credentials` */
  signingKeys?: readonly string[];
  /** How long after a lost answer a robot may still appear, in milliseconds. @default 60000 */
  settlingWindowMs?: number;
  /**
   * Task queue of a worker that runs the workflow `WatchFlowRuns`, which looks at many robots at once. @default none:
   * then every run looks by itself, whatever its `poll.shared` says
   */
  watcherTaskQueue?: string;
  /**
   * Aborted when the worker begins to shut down. An activity that looks at many robots ends then at once, and another
   * worker goes on; without it, that activity ends after the worker's `shutdownGraceTime`. @default none
   */
  shutdownSignal?: AbortSignal;
  /**
   * Starts a minute of each connection, by all worker processes of the task queue together; 0 for no limit. Starts that are
   * too many come again later. @default 66 of Microsoft's 70
   */
  startsPerMinute?: number;
  /**
   * Whether runs show what they do as search attributes, which costs two billable actions and two requests a robot. The
   * namespace needs them: `desktop-flow search-attributes`. @default false
   */
  searchAttributes?: boolean;
  /**
   * Whether the worker's data converter has external storage, so that outputs of up to 32 MiB, Dataverse's own limit, pass by
   * reference. Without it they have 1,835,008 bytes at most. @default false
   */
  storesLargePayloads?: boolean;
  /** Limits of the requests to one organization. @default those of the client */
  limits?: RequestLimits;
}
