/** HOST: all that the row of a run tells, and the rows beside it, for an explanation. */
import { type FlowSession, textOrNull, toFlowSessionOf } from './flow-session';
import type { HttpAnswer } from './http/exchange';

/** The row, with the columns that explain it. Null where a column is empty, or the environment lacks it. */
export interface RunRecord extends FlowSession {
  createdOn: string | null;
  flowId: string | null;
  machineId: string | null;
  machineGroupId: string | null;
  errorDetails: string | null;
  errorInnerError: string | null;
  /** In a unit that is not documented. */
  runDuration: number | null;
  runWaitDuration: number | null;
  runExecutionDuration: number | null;
  /** It holds what wakes a run up. */
  callbackUrl: string | null;
  /** Whether the file `additionalcontext` is there; null where the column is missing. */
  hasActionLog: boolean | null;
}

/** In the reference of every year (Microsoft: entities/flowsession). */
export const RUN_RECORD_COLUMNS = [
  'statuscode,startedon,completedon,createdon,errorcode,errormessage,errordetails,errorinnererror,callbackurl',
  '_regardingobjectid_value,_machineid_value,_machinegroupid_value',
  'runduration,runwaitduration,runexecutionduration,additionalcontext',
].join(',');

export function toRunRecord(
  flowSessionId: string,
  row: Record<string, unknown>,
  answer: HttpAnswer,
): RunRecord {
  return {
    ...toFlowSessionOf(flowSessionId, row, answer),
    createdOn: textOrNull(row.createdon),
    flowId: idOrNull(row._regardingobjectid_value),
    machineId: idOrNull(row._machineid_value),
    machineGroupId: idOrNull(row._machinegroupid_value),
    errorDetails: textOrNull(row.errordetails),
    errorInnerError: textOrNull(row.errorinnererror),
    runDuration: numberOrNull(row.runduration),
    runWaitDuration: numberOrNull(row.runwaitduration),
    runExecutionDuration: numberOrNull(row.runexecutionduration),
    callbackUrl: textOrNull(row.callbackurl),
    hasActionLog: 'additionalcontext' in row ? row.additionalcontext !== null : null,
  };
}

/** A machine, without what an explanation has no use for (Microsoft: entities/flowmachine). */
export interface FlowMachine {
  name: string | null;
  lastHeartbeatOn: string | null;
  agentVersion: string | null;
  sessions: number | null;
  error: string | null;
}

export const FLOW_MACHINE_COLUMNS = 'name,lastheartbeatdate,agentversion,sessioncapacity,hostedmachineerror';

export function toFlowMachine(row: Record<string, unknown>): FlowMachine {
  return {
    name: textOrNull(row.name),
    lastHeartbeatOn: textOrNull(row.lastheartbeatdate),
    agentVersion: textOrNull(row.agentversion),
    sessions: numberOrNull(row.sessioncapacity),
    error: textOrNull(row.hostedmachineerror),
  };
}

/** An entry of `flowlog` (Microsoft: entities/flowlog). */
export interface FlowLogEntry {
  /** Choice `flowlog_type`. */
  type: number | null;
  /** Choice `flowlog_level`. */
  level: number | null;
  createdOn: string | null;
  /** JSON, as a text; its fields are not documented. */
  data: string | null;
}

export const FLOW_LOG_COLUMNS = 'type,level,createdon,data';

export function toFlowLogEntry(row: Record<string, unknown>): FlowLogEntry {
  return {
    type: numberOrNull(row.type),
    level: numberOrNull(row.level),
    createdOn: textOrNull(row.createdon),
    data: textOrNull(row.data),
  };
}

function idOrNull(value: unknown): string | null {
  return textOrNull(value)?.toLowerCase() ?? null;
}

/** A number of 64 bits may come as a text. */
function numberOrNull(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
