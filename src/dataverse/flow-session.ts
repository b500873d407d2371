/** HOST: rows of `flowsession`, as the client hands them out. */
import { isSameSession, sessionId } from '../common/flow-session';
import { unreadable } from './http/answers';
import type { HttpAnswer } from './http/exchange';

export interface FlowSession {
  /** GUID in lower case. */
  flowSessionId: string;
  statusCode: number;
  /** ISO 8601 in UTC; null while not set. */
  startedOn: string | null;
  completedOn: string | null;
  errorCode: string | null;
  errorMessage: string | null;
}

/** Only old columns: an environment that lacks a newer one refuses the whole request. */
export const FLOW_SESSION_COLUMNS = 'statuscode,startedon,completedon,errorcode,errormessage';

/** The columns of `FlowSessionOrigin`, also old ones. */
export const FLOW_SESSION_ORIGIN_COLUMNS = 'statuscode,createdon,callbackurl,connectionid,runmode';

/** Texts of up to 100,000 characters: requested only after an end that they explain. */
export const FLOW_SESSION_ERROR_COLUMNS = 'errormessage,errordetails,errorinnererror';

/** Choice `flowsession_triggertype`. */
export const TRIGGERED_BY_API = 3;

/** Choice `flowsession_runmode`. */
const RUN_MODES: Record<number, string> = { 1: 'attended', 2: 'unattended' };

/** The columns that identify who started a run; used to find a robot whose trigger got no answer. */
export interface FlowSessionOrigin {
  /** GUID in lower case. */
  flowSessionId: string;
  statusCode: number;
  /** ISO 8601 in UTC, whole seconds. */
  createdOn: string;
  callbackUrl: string | null;
  connection: string | null;
  /** Null for any other mode. */
  runMode: string | null;
}

/** @throws DataverseError `unreadable` for a row without an id, a status or a time of creation. */
export function toFlowSessionOrigin(row: Record<string, unknown>, answer: HttpAnswer): FlowSessionOrigin {
  const { flowSessionId, statusCode } = toFlowSession(row, answer);
  return {
    flowSessionId,
    statusCode,
    createdOn: createdOnOf(row, answer),
    callbackUrl: textOrNull(row.callbackurl),
    connection: textOrNull(row.connectionid),
    runMode: typeof row.runmode === 'number' ? (RUN_MODES[row.runmode] ?? null) : null,
  };
}

/** Whether the row has what a flow session needs: an id and a status. */
export function isFlowSession(
  row: Record<string, unknown>,
): row is Record<string, unknown> & { statuscode: number } {
  return sessionId(row) !== undefined && Number.isInteger(row.statuscode);
}

/** The row of this run. @throws DataverseError `unreadable` where it is the row of another one. */
export function toFlowSessionOf(
  flowSessionId: string,
  row: Record<string, unknown>,
  answer: HttpAnswer,
): FlowSession {
  // Microsoft's sample leaves the id out, although a key always comes.
  const session = toFlowSession({ flowsessionid: flowSessionId, ...row }, answer);
  if (isSameSession(session.flowSessionId, flowSessionId)) return session;
  throw unreadable(answer, 'the flowsession of another run');
}

/** @throws DataverseError `unreadable` for a row without an id or a status. */
export function toFlowSession(row: Record<string, unknown>, answer: HttpAnswer): FlowSession {
  if (!isFlowSession(row)) throw unreadable(answer, 'a flowsession without an id or a statuscode');
  return {
    flowSessionId: sessionId(row) as string,
    statusCode: row.statuscode,
    startedOn: textOrNull(row.startedon),
    completedOn: textOrNull(row.completedon),
    errorCode: textOrNull(row.errorcode),
    errorMessage: textOrNull(row.errormessage),
  };
}

/** ISO 8601 in UTC. @throws DataverseError `unreadable` where it is no time. */
export function createdOnOf({ createdon }: Record<string, unknown>, answer: HttpAnswer): string {
  if (typeof createdon === 'string' && !Number.isNaN(Date.parse(createdon))) return createdon;
  throw unreadable(answer, 'a flowsession without a createdon');
}

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
