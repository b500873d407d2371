/**
 * HOST, development only: one run, and its row as Dataverse shows it.
 * Here a run is the flow session, a row in Dataverse; elsewhere in this project a run is a workflow execution.
 */
import type { Row } from '../odata/table';
import type { End, Flow, MachineDefinition } from '../setup/flows-file';

/** Everything that a run needs to start. */
export interface RunOrder {
  readonly flow: Flow;
  readonly connection: string;
  readonly runMode: 'attended' | 'unattended';
  readonly priority: string;
  readonly inputs: string | undefined;
  readonly timeoutMs: number;
  readonly callbackUrl: string | undefined;
  readonly createdBy: string;
  /** Choice `flowsession_triggertype`; 3 is this API (Microsoft: entities/flowsession). */
  readonly triggerType: number;
  readonly visibilityDelayMs: number;
  readonly end: End;
}

type Phase = 'queued' | 'running' | 'ended';

export interface Run extends Omit<RunOrder, 'visibilityDelayMs'> {
  readonly id: string;
  readonly createdAt: number;
  readonly visibleAt: number;
  readonly correlationId: string;
  phase: Phase;
  statusCode: number;
  /** Whether the run stays in a status that was forced on it, or in which its flow left it. */
  held: boolean;
  version: number;
  modifiedAt: number;
  machine?: Machine;
  startedAt?: number;
  completedAt?: number;
  cancelAt?: number;
  errorCode?: string;
  errorMessage?: string;
  errorDetails?: string;
  errorInnerError?: string;
  outputs?: Buffer;
}

export interface Machine extends MachineDefinition {
  readonly id: string;
  /** Ids of the runs that the machine carries out. */
  readonly running: Set<string>;
}

/** Deleted, Terminated and NotSpecified belong to Inactive, every other status to Active (entities/flowsession). */
const INACTIVE = [0, 13, 14];
const RUN_MODES = { attended: 1, unattended: 2 } as const;

export function isInactive(statusCode: number): boolean {
  return INACTIVE.includes(statusCode);
}

export function startedOn(run: Run, column: 'execution' | 'request'): string | null {
  return timestamp(column === 'request' ? run.createdAt : run.startedAt);
}

/** Dataverse keeps whole seconds: a filter by a time with milliseconds misses a row of the same second. */
export function timestamp(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What the columns of durations hold: milliseconds, or thousands of them; undefined where they are empty. */
type DurationUnit = number | undefined;

export function toRow(run: Run, column: 'execution' | 'request', unit: DurationUnit): Row {
  return {
    flowsessionid: run.id,
    name: run.flow.name,
    statuscode: run.statusCode,
    statecode: isInactive(run.statusCode) ? 1 : 0,
    startedon: startedOn(run, column),
    completedon: timestamp(run.completedAt),
    createdon: timestamp(run.createdAt),
    modifiedon: timestamp(run.modifiedAt),
    _regardingobjectid_value: run.flow.id,
    regardingobjecttypecode: 'workflow',
    _createdby_value: run.createdBy,
    _modifiedby_value: run.createdBy,
    _ownerid_value: run.createdBy,
    _owninguser_value: run.createdBy,
    _machineid_value: run.machine?.id ?? null,
    runmode: RUN_MODES[run.runMode],
    runsessionmode: 0,
    triggertype: run.triggerType,
    subcategory: 0,
    connectionid: run.connection,
    correlationid: run.correlationId,
    callbackurl: run.callbackUrl ?? null,
    errorcode: run.errorCode ?? null,
    errormessage: run.errorMessage ?? null,
    errordetails: run.errorDetails ?? null,
    errorinnererror: run.errorInnerError ?? null,
    ...durations(run, unit),
    versionnumber: run.version,
  };
}

function durations({ createdAt, startedAt, completedAt }: Run, unit: DurationUnit): Row {
  if (completedAt === undefined || unit === undefined) return {};
  const waitedUntil = startedAt ?? completedAt;
  return {
    runduration: Math.round((completedAt - createdAt) / unit),
    runwaitduration: Math.round((waitedUntil - createdAt) / unit),
    runexecutionduration: Math.round((completedAt - waitedUntil) / unit),
  };
}
