/**
 * HOST: Dataverse's Web API for desktop flows. Knows nothing of Temporal. Each operation names Microsoft's page:
 * "PA-api" is "Work with desktop flows using code".
 */
import { SESSIONS_PER_QUERY, sessionId } from '../common/flow-session';
import type { PortalLinks } from '../common/portal-links';
import { isGuid } from '../common/schema/guid';
import { isPlainObject } from '../common/schema/parse';
import { organizationUriProblem } from '../common/schema/urls';
import { scrubber } from '../common/scrub';
import { bearerTokenProblem, type DataverseCredentials, isTokenCredential } from './auth/credentials';
import type {
  DataverseClientOptions,
  FlowSessionsQuery,
  FlowSummary,
  ListedFlowSession,
  MachineSummary,
  RunDesktopFlowParameters,
  RunDesktopFlowResponse,
  StartedFlowSessionsQuery,
} from './client-types';
import { CoalescedLooks } from './coalesced-looks';
import { environmentIdOf } from './environment-ids';
import { type DownloadOptions, downloadText } from './file-download';
import {
  createdOnOf,
  FLOW_SESSION_COLUMNS,
  FLOW_SESSION_ERROR_COLUMNS,
  FLOW_SESSION_ORIGIN_COLUMNS,
  type FlowSession,
  type FlowSessionOrigin,
  isFlowSession,
  TRIGGERED_BY_API,
  toFlowSession,
  toFlowSessionOf,
  toFlowSessionOrigin,
} from './flow-session';
import { tokenEndpointProblem } from './hosts';
import { jsonObject, requestId, text, unreadable } from './http/answers';
import { DataverseError } from './http/errors';
import type { BeforeWriting, HttpAnswer } from './http/exchange';
import { createdCondition, encodedFilter, guid, inCallbackUrl, literal } from './odata';
import { isEnvironmentId, portalLinks } from './portal';
import {
  FLOW_LOG_COLUMNS,
  FLOW_MACHINE_COLUMNS,
  type FlowLogEntry,
  type FlowMachine,
  RUN_RECORD_COLUMNS,
  type RunRecord,
  toFlowLogEntry,
  toFlowMachine,
  toRunRecord,
} from './run-record';
import { type CallOptions, Session } from './session';

/** How many values `In` takes is not documented: these codes say that they were too many (Web service error codes). */
const TOO_MANY_IDS = ['0x8004430c', '0x8004430e'];

/** The category "Desktop Flow" of the table `workflow`. */
export const DESKTOP_FLOWS = 'workflows?$filter=category%20eq%206&$select=name,workflowid&$orderby=name';

/** Entries of `flowlog` that are read at most: the latest. */
const MOST_LOG_ENTRIES = 200;

/** A page has up to 5,000 rows (Microsoft: webapi/query/page-results). Far more than any question here is for. */
const MOST_PAGES = 200;

/** For a link alone, nobody waits longer. */
const ENVIRONMENT_WITHIN_MS = 10_000;

const MACHINES = 'flowmachines?$select=name,flowmachineid,lastheartbeatdate&$orderby=name';

export class DataverseClient {
  readonly #session: Session;

  readonly #looks = new CoalescedLooks({
    one: (id) => this.getFlowSession(id),
    many: (ids) => this.getFlowSessions(ids),
    atMost: SESSIONS_PER_QUERY,
  });

  constructor(options: DataverseClientOptions) {
    const { organizationUri, credentials, requestTimeoutMs, limits, secrets, sharedWaits } = options;
    const problem = organizationUriProblem(organizationUri);
    if (problem !== undefined) throw new TypeError(`organizationUri ${problem}`);
    const wrong = credentialsProblem(credentials);
    if (wrong !== undefined) throw new TypeError(wrong);
    const organization = new URL(organizationUri);
    this.#session = new Session(organization, credentials, requestTimeoutMs, limits, secrets, sharedWaits);
  }

  /** Origin of the organization. */
  get organization(): string {
    return this.#session.root.origin;
  }

  /** Obtains a token, unless there is one that lasts, and sends it nowhere. @throws DataverseError where none can be had. */
  async checkToken({ signal }: Pick<CallOptions, 'signal'> = {}): Promise<void> {
    await this.#session.checkToken(signal);
  }

  /**
   * Starts a robot. Not idempotent: sent once (and once more after a 401, which certainly refused it).
   * PA-api, "Trigger a desktop flow".
   * @throws DataverseError whose `outcome` is `unknown` when a robot may have been started.
   */
  async runDesktopFlow(
    flowId: string,
    parameters: RunDesktopFlowParameters,
    options: CallOptions & BeforeWriting = {},
  ): Promise<RunDesktopFlowResponse> {
    const path = `workflows(${guid(flowId)})/Microsoft.Dynamics.CRM.RunDesktopFlow`;
    const answer = await this.#session.call({
      method: 'POST',
      path,
      json: parameters,
      fresh: true,
      isOnce: true,
      ...options,
    });
    const body = jsonObject(answer);
    const flowSessionId = sessionId(body);
    if (flowSessionId === undefined) throw unreadable(answer, 'no flow session id');
    const licenseCheck = toLicenseCheck(body.licenseCheck, scrubber(options.secrets ?? []));
    return { flowSessionId, ...(licenseCheck && { licenseCheck }), requestId: requestId(answer) };
  }

  /** One run. PA-api, "Get the status of a desktop flow run". */
  async getFlowSession(flowSessionId: string, options: CallOptions = {}): Promise<FlowSession> {
    // Whoever is shown the answer gets all of what Microsoft's sample asks for; we never believe the state.
    const columns = options.onAnswer ? `${FLOW_SESSION_COLUMNS},statecode` : FLOW_SESSION_COLUMNS;
    const path = `flowsessions(${guid(flowSessionId)})?$select=${columns}`;
    const answer = await this.#session.call({ path, ...options });
    return toFlowSessionOf(flowSessionId, jsonObject(answer), answer);
  }

  /** Like `getFlowSession`, but in one request with all runs that are looked at in the same moment. */
  lookAtFlowSession(flowSessionId: string, { signal }: CallOptions = {}): Promise<FlowSession> {
    return this.#looks.look(guid(flowSessionId), signal);
  }

  /** Returns several runs, unordered, without those that do not exist or may not be read. Query function `In`. */
  async getFlowSessions(
    flowSessionIds: readonly string[],
    options: CallOptions = {},
  ): Promise<FlowSession[]> {
    const wanted = [...new Set(flowSessionIds.map(guid))];
    const queries: string[][] = [];
    for (let start = 0; start < wanted.length; start += SESSIONS_PER_QUERY) {
      queries.push(wanted.slice(start, start + SESSIONS_PER_QUERY));
    }
    return (await Promise.all(queries.map((ids) => this.#query(ids, options)))).flat();
  }

  async #query(ids: readonly string[], options: CallOptions): Promise<FlowSession[]> {
    const filter = 'Microsoft.Dynamics.CRM.In(PropertyName=@p1,PropertyValues=@p2)';
    const values = encodeURIComponent(JSON.stringify(ids));
    const path = `flowsessions?$select=${FLOW_SESSION_COLUMNS}&$filter=${filter}&@p1='flowsessionid'&@p2=${values}`;
    const found: FlowSession[] = [];
    try {
      for await (const { row, answer } of this.#rows(path, options)) {
        // A row that cannot be read must not cost the others: it is missing here, and says why when it is asked for alone.
        if (isFlowSession(row)) found.push(toFlowSession(row, answer));
      }
      return found;
    } catch (error) {
      if (ids.length === 1 || !isTooMany(error)) throw error;
      const half = Math.ceil(ids.length / 2);
      const halves = [ids.slice(0, half), ids.slice(half)];
      return (await Promise.all(halves.map((some) => this.#query(some, options)))).flat();
    }
  }

  /**
   * Finds the runs of a flow that RunDesktopFlow has started, to tell whether a trigger was carried out. Rows that the
   * caller may not read are missing, without an error. Each run is there once, though pages may overlap: who finds two would
   * take one for a second robot of the same trigger, and stop it.
   */
  async findStartedFlowSessions(
    { flowId, createdSince, createdBy, callbackUrl, top }: StartedFlowSessionsQuery,
    options: CallOptions = {},
  ): Promise<FlowSessionOrigin[]> {
    const conditions = [
      `_regardingobjectid_value eq ${guid(flowId)}`,
      `triggertype eq ${TRIGGERED_BY_API}`,
      ...(createdSince ? [createdCondition('ge', createdSince)] : []),
      ...(createdBy ? [`_createdby_value eq ${guid(createdBy)}`] : []),
      ...(callbackUrl ? [`(${callbackUrl.containsAny.map(inCallbackUrl).join(' or ')})`] : []),
    ];
    const filter = encodedFilter(conditions);
    const limit = top === undefined ? '' : `&$top=${top}`;
    const path = `flowsessions?$select=${FLOW_SESSION_ORIGIN_COLUMNS}&$filter=${filter}${limit}`;
    const found = new Map<string, FlowSessionOrigin>();
    for await (const { row, answer } of this.#rows(path, options)) {
      const origin = toFlowSessionOrigin(row, answer);
      found.set(origin.flowSessionId, origin);
    }
    return [...found.values()];
  }

  /** Lists runs, newest first, by whomever and however they were started. */
  async listFlowSessions(
    { flowId, statusCode, errorCode, createdSince, createdBefore, top }: FlowSessionsQuery,
    options: CallOptions = {},
  ): Promise<ListedFlowSession[]> {
    const conditions = [
      ...(flowId ? [`_regardingobjectid_value eq ${guid(flowId)}`] : []),
      ...(statusCode === undefined ? [] : [`statuscode eq ${statusCode}`]),
      ...(errorCode === undefined ? [] : [`errorcode eq ${literal(errorCode)}`]),
      ...(createdSince ? [createdCondition('ge', createdSince)] : []),
      ...(createdBefore ? [createdCondition('lt', createdBefore)] : []),
    ];
    const filter = conditions.length > 0 ? `&$filter=${encodedFilter(conditions)}` : '';
    const path = `flowsessions?$select=${FLOW_SESSION_COLUMNS},createdon&$orderby=createdon%20desc&$top=${top}${filter}`;
    const found: ListedFlowSession[] = [];
    for await (const { row, answer } of this.#rows(path, options)) {
      found.push({ ...toFlowSession(row, answer), createdOn: createdOnOf(row, answer) });
    }
    return found;
  }

  /**
   * Tells when runs were started over a connection, by whomever: Microsoft limits its starts. Rows that the caller may not
   * read are missing, without an error.
   */
  async findStartTimes(connectionName: string, since: Date, options: CallOptions = {}): Promise<Date[]> {
    const conditions = [`connectionid eq ${literal(connectionName)}`, createdCondition('ge', since)];
    const filter = encodedFilter(conditions);
    const times: Date[] = [];
    for await (const { row, answer } of this.#rows(
      `flowsessions?$select=createdon&$filter=${filter}`,
      options,
    ))
      times.push(new Date(createdOnOf(row, answer)));
    return times;
  }

  /** Returns the texts in which a run that ended badly explains itself. They may be JSON; no form is promised. */
  async getErrorTexts(flowSessionId: string, options: CallOptions = {}): Promise<string[]> {
    const path = `flowsessions(${guid(flowSessionId)})?$select=${FLOW_SESSION_ERROR_COLUMNS}`;
    const row: Record<string, unknown> = jsonObject(await this.#session.call({ path, ...options }));
    return FLOW_SESSION_ERROR_COLUMNS.split(',').flatMap((column) => {
      const value = row[column];
      return typeof value === 'string' ? [value] : [];
    });
  }

  /**
   * Whether the user may read runs of all owners: a query does not tell of rows that the user may not read. Source: the function RetrieveUserPrivilegeByPrivilegeName; the depth "Basic" covers only the user's own rows.
   */
  async mayReadRunsOfOthers(userId: string, options: CallOptions = {}): Promise<boolean> {
    const call = "RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='prvReadflowsession')";
    const path = `systemusers(${guid(userId)})/Microsoft.Dynamics.CRM.${call}`;
    const { RolePrivileges: privileges } = jsonObject(await this.#session.call({ path, ...options }));
    const depths = Array.isArray(privileges) ? privileges.map((privilege) => privilege?.Depth) : [];
    return depths.some((depth) => ['Local', 'Deep', 'Global'].includes(depth));
  }

  /** Returns the outputs of the run, or null without outputs. PA-api, "Get desktop flow outputs". */
  async getOutputs(flowSessionId: string, options: DownloadOptions = {}): Promise<string | null> {
    return downloadText(this.#session, `flowsessions(${guid(flowSessionId)})/outputs/$value`, options);
  }

  /** All that the row of a run tells. */
  async getRunRecord(flowSessionId: string, options: CallOptions = {}): Promise<RunRecord> {
    const row = `flowsessions(${guid(flowSessionId)})?$select=`;
    const read = async (columns: string) => {
      const answer = await this.#session.call({ path: `${row}${columns}`, ...options });
      return toRunRecord(flowSessionId, jsonObject(answer), answer);
    };
    // An environment that lacks a column refuses all of them.
    return read(RUN_RECORD_COLUMNS).catch((error: unknown) => {
      if (error instanceof DataverseError && error.kind === 'badRequest') return read(FLOW_SESSION_COLUMNS);
      throw error;
    });
  }

  /** The log of the run's actions, version 1: JSON, as a text; null without one. Microsoft: configure-desktop-flow-logs. */
  async getActionLog(flowSessionId: string, options: DownloadOptions = {}): Promise<string | null> {
    return downloadText(
      this.#session,
      `flowsessions(${guid(flowSessionId)})/additionalcontext/$value`,
      options,
    );
  }

  /**
   * The log of the run's actions, version 2, with what happened in the queue: the latest entries first. How far an elastic
   * table can be ordered here is not documented, so a refusal is answered by asking for a page as it comes.
   */
  async getFlowLog(
    flowSessionId: string,
    options: CallOptions = {},
  ): Promise<{ entries: FlowLogEntry[]; isPartial: boolean }> {
    const path = `flowsessions(${guid(flowSessionId)})/flowsession_flowlog_parentobjectid?$select=${FLOW_LOG_COLUMNS}`;
    const headers = { Prefer: `odata.maxpagesize=${MOST_LOG_ENTRIES}` };
    const ask = (query: string) => this.#session.call({ path: `${path}${query}`, headers, ...options });
    const answer = await ask('&$orderby=createdon%20desc').catch((error: unknown) => {
      if (error instanceof DataverseError && error.kind === 'badRequest') return ask('');
      throw error;
    });
    const { value, '@odata.nextLink': next } = jsonObject(answer);
    if (!Array.isArray(value)) throw unreadable(answer, 'no list of rows');
    const rows = value.filter(isPlainObject);
    return { entries: rows.map(toFlowLogEntry), isPartial: next !== undefined };
  }

  async getMachine(machineId: string, options: CallOptions = {}): Promise<FlowMachine> {
    const path = `flowmachines(${guid(machineId)})?$select=${FLOW_MACHINE_COLUMNS}`;
    return toFlowMachine(jsonObject(await this.#session.call({ path, ...options })));
  }

  async getFlowName(flowId: string, options: CallOptions = {}): Promise<string> {
    const answer = await this.#session.call({ path: `workflows(${guid(flowId)})?$select=name`, ...options });
    return textOf(jsonObject(answer), 'name', answer);
  }

  /** Cuts what authenticates the client, and these texts, out of what Dataverse tells. */
  cleaner(secrets: readonly string[] = []): (text: string) => string {
    return scrubber([...this.#session.secrets, ...secrets]);
  }

  /** Asks for the end of a run, queued or running; its status tells when it has ended. PA-api, "Cancel a desktop flow run". */
  async cancelDesktopFlowRun(flowSessionId: string, options: CallOptions = {}): Promise<void> {
    const path = `flowsessions(${guid(flowSessionId)})/Microsoft.Dynamics.CRM.CancelDesktopFlowRun`;
    await this.#session.call({ method: 'POST', path, isUrgent: true, ...options });
  }

  /** Tells which user the token belongs to: a check of token and membership. */
  async whoAmI(
    options: CallOptions = {},
  ): Promise<{ userId: string; businessUnitId: string; organizationId: string }> {
    const answer = await this.#session.call({ path: 'WhoAmI', ...options });
    const row = jsonObject(answer);
    return {
      userId: textOf(row, 'UserId', answer).toLowerCase(),
      businessUnitId: textOf(row, 'BusinessUnitId', answer).toLowerCase(),
      organizationId: textOf(row, 'OrganizationId', answer).toLowerCase(),
    };
  }

  /**
   * The pages of a flow and of one of its runs in Power Automate's portal; undefined where they cannot be told. Asks for the
   * environment once in each process. @param flowId @default that of the run's row
   */
  async getPortalLinks(
    flowSessionId: string,
    { flowId, signal }: { flowId?: string; signal?: AbortSignal } = {},
  ): Promise<PortalLinks | undefined> {
    // Not given up with this caller: others wait for the same answer.
    const environmentId = await environmentIdOf(this.organization, () => this.#askForEnvironmentId());
    if (environmentId === undefined) return undefined;
    const flow = flowId ?? (await this.#flowOf(flowSessionId, { signal }));
    if (flow === undefined) return undefined;
    return portalLinks(this.organization, environmentId, flow.toLowerCase(), guid(flowSessionId));
  }

  /** Microsoft: RetrieveCurrentOrganization, OrganizationDetail. */
  async #askForEnvironmentId(): Promise<string | undefined> {
    const type = "Microsoft.Dynamics.CRM.EndpointAccessType'Default'";
    const path = `RetrieveCurrentOrganization(AccessType=@p1)?@p1=${type}`;
    const { Detail: detail } = jsonObject(
      await this.#session.call({ path, signal: AbortSignal.timeout(ENVIRONMENT_WITHIN_MS) }),
    );
    const { EnvironmentId: id } = (detail ?? {}) as { EnvironmentId?: unknown };
    return isEnvironmentId(id) ? id : undefined;
  }

  async #flowOf(flowSessionId: string, options: CallOptions): Promise<string | undefined> {
    const path = `flowsessions(${guid(flowSessionId)})?$select=_regardingobjectid_value`;
    const { _regardingobjectid_value: flowId } = jsonObject(await this.#session.call({ path, ...options }));
    return typeof flowId === 'string' ? flowId : undefined;
  }

  /** The name of the machine of a run; null while it has none, and where the user may not read it. Table `flowmachine`. */
  async getMachineName(flowSessionId: string, options: CallOptions = {}): Promise<string | null> {
    const path = `flowsessions(${guid(flowSessionId)})?$select=_machineid_value`;
    const row: Record<string, unknown> = jsonObject(await this.#session.call({ path, ...options }));
    const id = row._machineid_value;
    if (typeof id !== 'string' || !isGuid(id)) return null;
    return (await this.getMachine(id, options)).name;
  }

  /** The machines that the user may read, in the order of their names. Table `flowmachine`. */
  async listMachines(options: CallOptions = {}): Promise<MachineSummary[]> {
    const machines: MachineSummary[] = [];
    for await (const { row, answer } of this.#rows(MACHINES, options)) {
      const heard = row.lastheartbeatdate;
      machines.push({
        machineId: textOf(row, 'flowmachineid', answer).toLowerCase(),
        name: textOf(row, 'name', answer),
        lastHeartbeatOn: typeof heard === 'string' ? heard : null,
      });
    }
    return machines;
  }

  /** The desktop flows that may be run. PA-api, "List available desktop flows". */
  async listFlows({
    includeUnpublished = false,
    ...options
  }: CallOptions & { /** Drafts too. @default false */ includeUnpublished?: boolean } = {}): Promise<
    FlowSummary[]
  > {
    const headers: Record<string, string> = includeUnpublished ? { 'MSCRM.IncludeUnpublished': 'true' } : {};
    const flows: FlowSummary[] = [];
    for await (const { row, answer } of this.#rows(DESKTOP_FLOWS, { ...options, headers })) {
      flows.push({
        flowId: textOf(row, 'workflowid', answer).toLowerCase(),
        name: textOf(row, 'name', answer),
      });
    }
    return flows;
  }

  /** JSON schemas of a flow's inputs and outputs; null where it has no schema. PA-api, "Get desktop flow schemas". */
  async getFlowSchemas(
    flowId: string,
    options: CallOptions = {},
  ): Promise<{ inputs: unknown; outputs: unknown }> {
    const [inputs, outputs] = await Promise.all([
      this.getFlowSchema(flowId, 'inputs', options),
      this.getFlowSchema(flowId, 'outputs', options),
    ]);
    return { inputs, outputs };
  }

  /** One of them. How a flow without inputs answers is not documented: 204, 404 about the column and an empty body are the same. */
  async getFlowSchema(
    flowId: string,
    column: 'inputs' | 'outputs',
    options: CallOptions = {},
  ): Promise<unknown> {
    try {
      const answer = await this.#session.call({
        path: `workflows(${guid(flowId)})/${column}/$value`,
        ...options,
      });
      return text(answer).trim() === '' ? null : jsonObject(answer);
    } catch (error) {
      if (!(error instanceof DataverseError) || error.kind !== 'notFound') throw error;
      if (/does not exist/i.test(error.dataverseMessage ?? '')) throw error;
      return null;
    }
  }

  /** Every row of a query, page by page. */
  async *#rows(path: string, options: CallOptions & { headers?: Record<string, string> }) {
    const seen = new Set<string>();
    let next: string | undefined = path;
    while (next !== undefined) {
      seen.add(next);
      const answer = await this.#session.call({ path: next, ...options });
      const page: Record<string, unknown> = jsonObject(answer);
      if (!Array.isArray(page.value)) throw unreadable(answer, 'no list of rows');
      for (const row of page.value as unknown[]) {
        if (typeof row !== 'object' || row === null) throw unreadable(answer, 'a row that is not an object');
        yield { row: row as Record<string, unknown>, answer };
      }
      const link: unknown = page['@odata.nextLink'];
      next = typeof link === 'string' ? link : undefined;
      if (next === undefined) return;
      if (seen.has(next)) throw unreadable(answer, 'the same page again and again');
      if (seen.size >= MOST_PAGES) throw unreadable(answer, `more than ${MOST_PAGES} pages`);
    }
  }
}

function credentialsProblem(credentials: DataverseCredentials): string | undefined {
  if (isTokenCredential(credentials)) return undefined;
  const [field, problem] =
    credentials.type === 'oauth'
      ? ['tokenEndpoint', tokenEndpointProblem(credentials.tokenEndpoint)]
      : ['token', bearerTokenProblem(credentials.token)];
  return problem && `${field} ${problem}`;
}

function isTooMany(error: unknown): boolean {
  return error instanceof DataverseError && TOO_MANY_IDS.includes(error.code?.toLowerCase() ?? '');
}

function textOf(row: Record<string, unknown>, name: string, answer: HttpAnswer): string {
  const value = row[name];
  if (typeof value === 'string') return value;
  throw unreadable(answer, `no ${name}`);
}

function toLicenseCheck(
  value: unknown,
  clean: (text: string) => string,
): RunDesktopFlowResponse['licenseCheck'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message } = value as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return undefined;
  return {
    code: clean(code).slice(0, 200),
    ...(typeof message === 'string' && { message: clean(message).slice(0, 1000) }),
  };
}
