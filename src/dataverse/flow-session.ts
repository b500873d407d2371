/** HOST: rows of `flowsession`, as the client hands them out. */
import { unreadable } from './answers';
import type { HttpAnswer } from './transport';

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

/** Old columns alone: an environment that lacks a newer one refuses the whole request. */
export const FLOW_SESSION_COLUMNS = 'statuscode,statecode,startedon,completedon,errorcode,errormessage';

/** The id is written `flowsessionId` in the answer to a trigger and `flowsessionid` everywhere else. */
export function sessionId(row: Record<string, unknown>): string | undefined {
  const [, id] = Object.entries(row).find(([name]) => name.toLowerCase() === 'flowsessionid') ?? [];
  return typeof id === 'string' && id !== '' ? id.toLowerCase() : undefined;
}

/** @throws DataverseError `unreadable` for a row without an id or a status. */
export function toFlowSession(row: Record<string, unknown>, answer: HttpAnswer): FlowSession {
  const flowSessionId = sessionId(row);
  const { statuscode } = row;
  if (flowSessionId === undefined || !Number.isInteger(statuscode)) {
    throw unreadable(answer, 'a flowsession without an id or a statuscode');
  }
  return {
    flowSessionId,
    statusCode: statuscode as number,
    startedOn: textOrNull(row.startedon),
    completedOn: textOrNull(row.completedon),
    errorCode: textOrNull(row.errorcode),
    errorMessage: textOrNull(row.errormessage),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
