/** HOST: runs in Temporal's visibility store, and what it does not know of them from their histories. */
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { ValueError } from '@temporalio/common';
import { RUN_DESKTOP_FLOW } from '../../common/messages';
import { DesktopFlows } from '../../service/desktop-flows';
import type { Temporal } from '../support/clients';
import type { WantedRobots } from './find-robots';
import { readRunInput } from './given-run';
import { readKnownFlow } from './known-flow';

/** In our words, with Temporal's. */
const STATUSES = {
  running: 'Running',
  succeeded: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  timedOut: 'TimedOut',
} as const;

export type RunStatus = keyof typeof STATUSES;
export const RUN_STATUSES = Object.keys(STATUSES) as RunStatus[];

export interface WantedRuns extends Omit<WantedRobots, 'status'> {
  status?: RunStatus;
}

export interface FoundRun {
  workflowId: string;
  runId: string;
  status: RunStatus;
  startTime: string;
  closeTime: string | null;
  /** Of the failure, with what its robot left. */
  type?: string;
  errorCode?: string;
  flowSessionId?: string;
}

/** Each costs a request or two, where its flow or its end is asked for. */
const MOST_LOOKED_AT = 1_000;

export async function findRuns(
  temporal: Temporal,
  { flow, errorCode, limit, ...wanted }: WantedRuns,
): Promise<FoundRun[]> {
  const flowId = flow === undefined ? undefined : (await readKnownFlow(flow)).flowId.toLowerCase();
  const found: FoundRun[] = [];
  let looks = 0;
  for await (const info of temporal.client.workflow.list({ query: queryFor({ ...wanted, errorCode }) })) {
    looks += 1;
    const run = await toRun(temporal, info);
    const isWanted =
      (errorCode === undefined || run.errorCode === errorCode) &&
      (flowId === undefined || (await flowOf(temporal, info)) === flowId);
    if (isWanted) found.push(run);
    if (found.length >= limit || looks >= MOST_LOOKED_AT) break;
  }
  return found;
}

/** A run that ended with an error code has failed. */
function queryFor({ status, errorCode, since, until }: Omit<WantedRuns, 'limit' | 'flow'>): string {
  const of = status ?? (errorCode === undefined ? undefined : 'failed');
  const conditions = [
    `WorkflowType = '${RUN_DESKTOP_FLOW}'`,
    of === undefined ? "ExecutionStatus != 'ContinuedAsNew'" : `ExecutionStatus = '${STATUSES[of]}'`,
    ...(since ? [`StartTime >= '${since.toISOString()}'`] : []),
    ...(until ? [`StartTime < '${until.toISOString()}'`] : []),
  ];
  return conditions.join(' AND ');
}

async function toRun({ client }: Temporal, info: WorkflowExecutionInfo): Promise<FoundRun> {
  const { workflowId, runId, startTime, closeTime } = info;
  const status =
    RUN_STATUSES.find((name) => STATUSES[name].toUpperCase() === plain(info.status.name)) ?? 'running';
  const run = {
    workflowId,
    runId,
    status,
    startTime: startTime.toISOString(),
    closeTime: closeTime?.toISOString() ?? null,
  };
  if (status !== 'failed') return run;
  const outcome = await unlessForeign(new DesktopFlows(client).get(workflowId, runId).result());
  if (outcome?.kind !== 'failed') return run;
  const { errorCode, flowSessionId } = outcome.details;
  return {
    ...run,
    type: outcome.type,
    ...(errorCode && { errorCode }),
    ...(flowSessionId && { flowSessionId }),
  };
}

/** The SDK writes `CANCELLED` and `TIMED_OUT`, the query language `Canceled` and `TimedOut`. */
function plain(name: string): string {
  return name.replace('CANCELLED', 'CANCELED').replace('_', '');
}

async function flowOf(
  temporal: Temporal,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<string | undefined> {
  const input = await unlessForeign(readRunInput(temporal, { workflowId, runId }));
  const { flowId } = (input ?? {}) as { flowId?: unknown };
  return typeof flowId === 'string' ? flowId.toLowerCase() : undefined;
}

/** Of a run whose payloads are in an encoding that only its own clients can read, others know that it is there. */
async function unlessForeign<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}
