/** HOST: what callers of the client give, and get. */
import type { DataverseCredentials } from './auth/credentials';
import type { FlowSession } from './flow-session';
import type { RequestLimits } from './limits/organization-gate';
import type { SharedWaits } from './limits/shared-waits';

export interface DataverseClientOptions {
  /** The environment URL, such as `https://contoso.crm4.dynamics.com`. The caller checks whether it is allowed. */
  organizationUri: string;
  credentials: DataverseCredentials;
  /** For one HTTP request, in milliseconds. @default 60000 */
  requestTimeoutMs?: number;
  /** Shared by all clients of the organization in this process; those of the first one count. */
  limits?: RequestLimits;
  /** Texts that must not show in an error, besides those of the credentials. @default none */
  secrets?: readonly string[];
  /** How other processes hear that Dataverse has asked to wait, and this one of theirs. @default not at all */
  sharedWaits?: SharedWaits;
}

/** The parameters of the action, by the names that they have on the wire. */
export interface RunDesktopFlowParameters {
  runMode: 'attended' | 'unattended';
  connectionName: string;
  /** 1: connection, 2: connection reference. @default 1 */
  connectionType?: 1 | 2;
  /** `normal`, `high`, or a value of your own. @default 'normal' */
  runPriority?: string;
  /** Seconds. @default 10800 */
  timeout?: number;
  /** JSON text. */
  inputs?: string;
  callbackUrl?: string;
}

export interface RunDesktopFlowResponse {
  /** GUID in lower case. */
  flowSessionId: string;
  licenseCheck?: { code: string; message?: string };
  /** `REQ_ID` of the answer, for Microsoft's support. */
  requestId?: string;
}

export interface StartedFlowSessionsQuery {
  flowId: string;
  /** Rounded down to a whole second. @default any time */
  createdSince?: Date;
  /** A systemuserid, such as the `userId` of `whoAmI`. @default any user */
  createdBy?: string;
  /** @default runs with and without a callback URL */
  callbackUrl?: { containsAny: readonly string[] };
  /** The most rows to return. @default all */
  top?: number;
}

export interface FlowSessionsQuery {
  /** @default any flow */
  flowId?: string;
  /** @default any status */
  statusCode?: number;
  /** @default any, and none */
  errorCode?: string;
  /** Both rounded down to a whole second. @default any time */
  createdSince?: Date;
  createdBefore?: Date;
  /** The most rows to return. */
  top: number;
}

export interface ListedFlowSession extends FlowSession {
  /** ISO 8601 in UTC, whole seconds. */
  createdOn: string;
}

export interface FlowSummary {
  flowId: string;
  name: string;
}

export interface MachineSummary {
  machineId: string;
  name: string;
  /** ISO 8601 in UTC; null if it was never heard of. */
  lastHeartbeatOn: string | null;
}
