/** HOST: what a worker may say of its activities. */
import type { SecretProvider } from '../../config/secrets';
import type { DataverseCredentials, RequestLimits } from '../../dataverse';

/** Of `createActivities`. */
export interface CreateActivitiesOptions {
  /** The worker's own organization: the default of every input, and always allowed. */
  organizationUri?: string;
  /** The worker's own credentials. */
  credentials?: DataverseCredentials;
  /** Host patterns besides Microsoft's Dataverse domains, such as `*.dataverse.contoso.com`. @default [] */
  allowedHosts?: readonly string[];
  /** Resolves `{{secrets.NAME}}`. */
  secrets: SecretProvider;
  /** For one HTTP request, in milliseconds. @default the client's */
  requestTimeoutMs?: number;
  /**
   * Base of the callback URLs that the worker generates for runs without one of their own. The key in it finds a robot
   * again whose trigger got no answer. @default none: then such a robot can seldom be told from others
   */
  callbackBaseUrl?: string;
  /** They sign those URLs. @default CALLBACK_SIGNING_KEYS of `secrets`, else one derived from `credentials` */
  signingKeys?: readonly string[];
  /** How long after a lost answer a robot may still appear, in milliseconds. @default 60000 */
  settlingWindowMs?: number;
  /**
   * Where a worker runs the workflow `WatchFlowRuns`, which looks at many robots at once. @default none: then every run
   * looks by itself, whatever its `poll.shared` says
   */
  watcherTaskQueue?: string;
  /** Of requests to one organization. @default the client's */
  limits?: RequestLimits;
}
