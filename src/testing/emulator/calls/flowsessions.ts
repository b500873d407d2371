/** HOST, development only: reads and cancels runs (Microsoft: desktop-flow-public-apis, entities/flowsession). */
import { type Answer, doesNotExist, noSegment, UnverifiedRefusal } from '../odata/answers';
import { countMany, readMany, readOne } from '../odata/read';
import { FILE_ATTACHMENTS, FLOW_LOGS, FLOW_SESSIONS, type Row } from '../odata/table';
import { flowLogRows } from '../runs/action-log';
import { FILE_COLUMNS, fileColumns, fileId, fileName, fileOf } from '../runs/files';
import { type Run, timestamp, toRow } from '../runs/run';
import { type Call, idOf, noQueryOptions, readOptions, readRequest } from './call';
import { idsAsked } from './ids-asked';

export function readSession(call: Call): Answer {
  const answer = readOne(FLOW_SESSIONS, rowOf(call, runOf(call)), readRequest(call), sessionOptions(call));
  const row = answer.body as Row | undefined;
  return call.faults.find('wrongCase') && row ? { ...answer, body: respell(row) } : answer;
}

export function countSessions(call: Call): Answer {
  return countMany(FLOW_SESSIONS, rowsAsked(call), readRequest(call), sessionOptions(call));
}

function rowsAsked(call: Call): Row[] {
  const { runs } = call.world;
  const ids = idsAsked(call.query);
  const asked = ids === undefined ? runs.all : ids.flatMap((id) => runs.find(id) ?? []);
  return asked.filter((run) => isVisible(call, run)).map((run) => rowOf(call, run));
}

export function listSessions(call: Call): Answer {
  const answer = readMany(FLOW_SESSIONS, rowsAsked(call), readRequest(call), sessionOptions(call));
  const body = answer.body as { value: Row[] };
  const doubled = call.faults.find('duplicate') ? [...body.value.slice(0, 1), ...body.value] : body.value;
  const value = call.faults.find('wrongCase') ? doubled.map(respell) : doubled;
  return { ...answer, body: { ...body, value } };
}

/** The entries of the table `flowlog` that belong to the run (Microsoft: configure-desktop-flow-logs, "Querying logs V2 data"). */
export function listFlowLogs(call: Call): Answer {
  const { flowLogTable, now } = call.world.settings;
  if (!flowLogTable) throw noSegment(String(call.path.split('/').at(-1)));
  return readMany(FLOW_LOGS, flowLogRows(runOf(call), now()), readRequest(call), readOptions(call));
}

export function cancelRun(call: Call): Answer {
  noQueryOptions(call);
  const run = runOf(call);
  if (run.phase === 'ended') {
    throw new UnverifiedRefusal('cancelFinished', 'The desktop flow run has already ended.');
  }
  call.world.runs.cancel(run);
  return { status: 204 };
}

/** Finds the run that the path names, for a caller that may see it. */
export function runOf(call: Call): Run {
  const id = idOf(call, 'flowsessionid');
  const run = call.world.runs.find(id);
  if (run !== undefined && call.world.settings.privileges === 'user') {
    throw new UnverifiedRefusal(
      'notOwner',
      'Not enough privilege to access the Microsoft Dynamics 365 object or perform the requested operation.',
    );
  }
  if (run === undefined || !isVisible(call, run)) throw doesNotExist('flowsession', id);
  return run;
}

/** Rows that the caller may not read are simply missing (Microsoft: webapi/query/filter-rows). */
function isVisible({ world }: Call, run: Run): boolean {
  const { settings, setupFaults, identity } = world;
  if (setupFaults.has('ownRunsOnly') && run.createdBy !== identity.UserId) return false;
  return settings.privileges === 'owner' && run.visibleAt <= settings.now();
}

const rows = new WeakMap<Run, Row>();

const MILLISECONDS_IN = { milliseconds: 1, seconds: 1000, none: undefined } as const;

/** Keeps the row until the run changes: one query looks at every run. The log of its actions may come by itself. */
function rowOf({ world }: Call, run: Run): Row {
  const { startedOn, callbackUrls, durations, now } = world.settings;
  const kept = rows.get(run);
  if (kept?.versionnumber === run.version && run.flow.actionLog === undefined) return kept;
  const row = {
    ...toRow(run, startedOn, MILLISECONDS_IN[durations]),
    ...fileColumns(run, now()),
    ...(callbackUrls === 'drop' && { callbackurl: null }),
  };
  rows.set(run, row);
  return row;
}

function sessionOptions(call: Call) {
  return {
    ...readOptions(call),
    notModified: call.world.settings.notModified,
    expansions: {
      flowsession_FileAttachments: {
        table: FILE_ATTACHMENTS,
        rows: (row: Row) => attachments(call, call.world.runs.find(String(row.flowsessionid))),
      },
    },
  };
}

function attachments({ world }: Call, run: Run | undefined): Row[] {
  return FILE_COLUMNS.flatMap((column) => {
    const file = run && fileOf(run, column, world.settings.now());
    if (run === undefined || file === undefined) return [];
    const createdAt = column === 'inputs' ? run.createdAt : run.completedAt;
    return {
      fileattachmentid: fileId(run, column),
      createdon: timestamp(createdAt),
      mimetype: 'application/json',
      filesizeinbytes: file.length,
      filename: fileName(column),
      regardingfieldname: column,
    };
  });
}

function respell({ flowsessionid, ...row }: Row): Row {
  return { ...row, flowsessionId: String(flowsessionid).toUpperCase() };
}
