/** HOST: shows what a run does until it has ended, from the run itself, and from Dataverse where this process may ask it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DesktopFlowRunView } from '../../common/messages';
import { statusName } from '../../common/status';
import type { DataverseClient } from '../../dataverse';
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import { countPollers } from '../../temporal/pollers';
import { openDataverseIfTold, type Temporal } from '../support/clients';
import type { Progress } from '../support/progress';
import { viewOf } from './given-run';
import { looksInWords, runInWords } from './run-words';

/** A query costs a worker some work, and a look one of Dataverse's requests: long runs are asked more rarely. */
const FIRST_ASKED_AFTER_MS = 500;
const ASKED_AT_LEAST_EVERY_MS = 15_000;
const SHARE_OF_ELAPSED = 20;

/** Without a worker a query gets no answer. */
const PATIENCE_MS = 5_000;

/** What Dataverse tells of a robot beyond what its run has seen: a run whose looks are shared sees its end alone. */
type Seen = Pick<DesktopFlowRunView, 'status' | 'startedOn'> & { machine?: string };

export async function showRun(
  run: DesktopFlowRun,
  { temporal, progress, ended }: { temporal: Temporal; progress: Progress; ended: AbortSignal },
): Promise<void> {
  const since = Date.now();
  const look = lookerAtRobots();
  while (!ended.aborted) {
    const view = await viewOf(run, temporal, PATIENCE_MS);
    const { machine, ...seen } = (view && (await look(view))) ?? {};
    const words = view ? runInWords({ ...view, ...seen }, machine) : await whyNoView(temporal);
    if (ended.aborted) return;
    if (words) progress.show(words, view && looksInWords(view));
    const share = (Date.now() - since) / SHARE_OF_ELAPSED;
    const pause = Math.min(ASKED_AT_LEAST_EVERY_MS, Math.max(FIRST_ASKED_AFTER_MS, share));
    await sleep(pause, undefined, { signal: ended }).catch(() => undefined);
  }
}

async function whyNoView({ connection, namespace, taskQueue }: Temporal): Promise<string | undefined> {
  const workers = await countPollers(connection, { namespace, taskQueue }).catch(() => undefined);
  if (workers === undefined) return 'Temporal does not answer; waiting for it';
  return workers === 0 ? `no worker polls the task queue ${taskQueue}; waiting for one` : undefined;
}

/** It is for people alone: whatever goes wrong with Dataverse, the run's own words are shown. */
function lookerAtRobots(): (view: DesktopFlowRunView) => Promise<Seen | undefined> {
  const client = dataverse();
  const machines = new Map<string, string>();
  return async ({ phase, flowSessionId }) => {
    if (client === undefined || flowSessionId === null || phase !== 'waiting') return undefined;
    const seen = await client.getFlowSession(flowSessionId).catch(() => undefined);
    if (seen === undefined) return undefined;
    const { startedOn } = seen;
    const status = statusName(seen.statusCode);
    if (status === 'Running' && !machines.has(flowSessionId)) {
      machines.set(flowSessionId, (await client.getMachineName(flowSessionId).catch(() => null)) ?? '');
    }
    return { status, startedOn, machine: machines.get(flowSessionId) || undefined };
  };
}

function dataverse(): DataverseClient | undefined {
  try {
    return openDataverseIfTold();
  } catch {
    return undefined;
  }
}
