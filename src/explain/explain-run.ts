/**
 * HOST: why a run ended as it did, gathered from Dataverse, for the activity `explainFlowRun` and for the command. Knows nothing
 * of Temporal. Each part is asked for by itself: one that Dataverse refuses is missing, and where it matters says why.
 */
import { explainRunError, noCandidateSubCode } from '../common/error-codes';
import {
  type ExplainedError,
  type FlowRunExplanation,
  MAX_EXPLANATION_BYTES,
  type RobotsMachine,
  unexplained,
} from '../common/explanation';
import { messageOf } from '../common/message-of';
import type { LicenseCheck } from '../common/result';
import { badEnd, isTerminal, statusName } from '../common/status';
import { type DataverseClient, type DataverseErrorKind, isRefusal, type RunRecord } from '../dataverse';
import { type ReadLog, readActionLog } from './action-log';
import { type Clean, cleaner, cleanText, shortened } from './clean';
import { type Excuse, excuse } from './excuse';
import { summaryOf } from './summary';
import { timingOf } from './timing';

export interface ExplainOptions {
  licenseCheck?: LicenseCheck;
  /** Texts that must not show: secrets in the run's inputs. */
  secrets?: readonly string[];
  /** Whether a later try may tell more, so that trouble that passes is thrown. @default false */
  isPatient?: boolean;
  signal?: AbortSignal;
}

const WHY_UNREADABLE: Partial<Record<DataverseErrorKind, string>> = {
  unauthorized: 'Dataverse refuses the credentials',
  forbidden: 'the application user may not read the run, which takes Owner rights',
  notFound: 'there is no such run, or the application user may not read it, which takes Owner rights',
};

/** What every part of an explanation is gathered with. */
interface Gathering {
  client: DataverseClient;
  run: RunRecord;
  clean: Clean;
  excuse: Excuse;
  signal?: AbortSignal;
}

const LENGTHS = { code: 200, message: 2000, details: 2000, innerError: 2000, license: 1000, name: 200 };

/** @throws DataverseError where Dataverse is out of reach: a later try may tell. */
export async function explainRun(
  client: DataverseClient,
  flowSessionId: string,
  { licenseCheck, secrets = [], isPatient = false, signal }: ExplainOptions = {},
): Promise<FlowRunExplanation> {
  let run: RunRecord;
  try {
    run = await client.getRunRecord(flowSessionId, { signal });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const why = `${WHY_UNREADABLE[error.kind] ?? 'Dataverse refuses to read the run'} (${messageOf(error)})`;
    return withinBounds({ ...unexplained(flowSessionId, why), ...licensed(licenseCheck, String) });
  }
  const clean = cleaner(client.cleaner([...secrets, ...(run.callbackUrl ? [run.callbackUrl] : [])]));
  const gathering: Gathering = { client, run, clean, excuse: excuse(isPatient), signal };
  const [name, machine, log, links] = await Promise.all([
    nameOf(gathering),
    machineOf(gathering),
    logOf(gathering),
    linksOf(gathering),
  ]);
  const timing = timingOf(run);
  const error = errorOf(run, clean);
  const known: Omit<FlowRunExplanation, 'summary'> = {
    flowSessionId: run.flowSessionId,
    statusCode: run.statusCode,
    status: statusName(run.statusCode),
    ...(run.flowId !== null && { flow: { flowId: run.flowId, ...(name && { name }) } }),
    ...(error && { error }),
    ...log,
    ...(machine && { machine }),
    ...(timing && { timing }),
    ...licensed(licenseCheck, clean),
    ...(links && { links }),
  };
  return withinBounds({ ...known, summary: summaryOf(known) });
}

/** Of the flow. Not worth a word where it cannot be told. */
async function nameOf({ client, run, clean, excuse, signal }: Gathering): Promise<string | undefined> {
  if (run.flowId === null) return undefined;
  try {
    return cleanText(await client.getFlowName(run.flowId, { signal }), clean, LENGTHS.name);
  } catch (error) {
    excuse(error);
    return undefined;
  }
}

/** A link is worth no failure. */
async function linksOf({ client, run: { flowId, flowSessionId }, signal }: Gathering) {
  if (flowId === null) return undefined;
  return client.getPortalLinks(flowSessionId, { flowId, signal }).catch(() => undefined);
}

async function logOf({ client, run, ...options }: Gathering): Promise<ReadLog> {
  if (badEnd(run.statusCode) !== undefined) return readActionLog(client, run, options);
  const why = isTerminal(run.statusCode)
    ? 'the run succeeded, so that nobody has to look into it'
    : 'the run has not ended';
  return { log: { source: 'none', because: `No log, because ${why}.` } };
}

function errorOf(run: RunRecord, clean: Clean): ExplainedError | undefined {
  const { errorCode, errorMessage, errorDetails, errorInnerError } = run;
  const texts = [errorMessage, errorDetails, errorInnerError].filter((text) => text !== null);
  const subCode = errorCode === 'NoCandidateMachine' ? noCandidateSubCode(texts) : undefined;
  const known =
    (subCode && explainRunError(subCode)) || (errorCode && explainRunError(errorCode)) || undefined;
  const error: ExplainedError = {
    code: cleanText(errorCode, clean, LENGTHS.code),
    subCode,
    message: cleanText(errorMessage, clean, LENGTHS.message),
    details: cleanText(errorDetails, clean, LENGTHS.details),
    innerError: cleanText(errorInnerError, clean, LENGTHS.innerError),
    meaning: known?.meaning,
    action: known?.action,
    category: known?.category,
  };
  const present = Object.entries(error).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}

async function machineOf({ client, run, clean, excuse, signal }: Gathering): Promise<RobotsMachine> {
  const { machineId, machineGroupId } = run;
  const group = machineGroupId === null ? {} : { machineGroupId };
  if (machineId === null)
    return {
      ...group,
      because: 'Dataverse names no machine: the run got none, or the environment does not say',
    };
  try {
    const { name, lastHeartbeatOn, agentVersion, sessions, error } = await client.getMachine(machineId, {
      signal,
    });
    return {
      machineId,
      ...group,
      ...(name && { name: clean(name).slice(0, LENGTHS.name) }),
      ...(lastHeartbeatOn && { lastHeartbeatOn }),
      ...(agentVersion && { agentVersion: agentVersion.slice(0, LENGTHS.name) }),
      ...(sessions !== null && { sessions }),
      ...(error && { error: cleanText(error, clean, LENGTHS.message) }),
    };
  } catch (error) {
    const why = messageOf(excuse(error));
    return {
      machineId,
      ...group,
      because: cleanText(`Dataverse does not show the machine (${why})`, clean, 500),
    };
  }
}

function licensed(check: LicenseCheck | undefined, clean: Clean): Pick<FlowRunExplanation, 'licenseCheck'> {
  if (check === undefined) return {};
  const message = cleanText(check.message, clean, LENGTHS.license);
  return { licenseCheck: { code: check.code.slice(0, LENGTHS.code), ...(message && { message }) } };
}

const BARE_LENGTH = 500;

/** The longest first, and what a person misses least. */
const DISPENSABLE = ['queueEvents', 'fields', 'innerError', 'details'] as const;

/** Leaves out what does not fit, and says so. */
function withinBounds(explanation: FlowRunExplanation): FlowRunExplanation {
  let kept = explanation;
  for (const part of DISPENSABLE) {
    if (bytes(kept) <= MAX_EXPLANATION_BYTES) return kept;
    const less = without(kept, part);
    if (less !== kept) kept = { ...less, leftOut: [...(kept.leftOut ?? []), part] };
  }
  return bytes(kept) <= MAX_EXPLANATION_BYTES ? kept : bare(kept);
}

/** Texts of characters that take many bytes each. */
function bare({ flowSessionId, summary, statusCode, status, log }: FlowRunExplanation): FlowRunExplanation {
  const { because, ...found } = log;
  return {
    flowSessionId,
    summary: shortened(summary, BARE_LENGTH),
    statusCode,
    status,
    log: { ...found, ...(because && { because: shortened(because, BARE_LENGTH) }) },
    leftOut: ['everything else'],
  };
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function without(explanation: FlowRunExplanation, part: (typeof DISPENSABLE)[number]): FlowRunExplanation {
  const { queueEvents: _events, ...others } = explanation;
  if (part === 'queueEvents') return explanation.queueEvents ? others : explanation;
  if (part === 'fields') {
    const { failedAction, lastAction } = explanation;
    return {
      ...explanation,
      ...(failedAction && { failedAction: { ...failedAction, fields: {} } }),
      ...(lastAction && { lastAction: { ...lastAction, fields: {} } }),
    };
  }
  if (explanation.error?.[part] === undefined) return explanation;
  const { [part]: _text, ...error } = explanation.error;
  return { ...explanation, error };
}
