/** HOST: one look at many robots at once: signals the runs of those that have ended. */
import { setMaxListeners } from 'node:events';
import { getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { METRICS } from '../../common/metrics';
import { isSuccess, isTerminal } from '../../common/status';
import {
  DESKTOP_FLOW_ENDED,
  type EndedRobot,
  type LookAtFlowRunsResult,
  type WatchedRobotsInput,
} from '../../common/watch';
import type { DataverseClient, FlowSession } from '../../dataverse';
import { signalWorkflow } from '../../temporal/workflow-signal';
import { isWorkflowClosed } from '../../temporal/workflow-status';
import type { ClientFor } from '../support/dataverse-clients';
import { asPassing, toApplicationFailure } from '../support/dataverse-failures';
import { describeEnd } from '../support/flow-run-attempt';
import { count } from '../support/metrics';
import { trySmallOutputs } from '../support/read-outputs';
import { AT_ONCE, forEachOf } from './for-each';
import { RunsOver } from './runs-over';

/** Time limit for outputs in one look, in milliseconds: other robots are waiting, and each run can fetch its own. */
const OUTPUTS_WITHIN_MS = 2_000;

type Address = WatchedRobotsInput['runs'][number];

/** By the activities that look: callbacks arrive for all of their runs, or for none. */
const runsOver = new WeakMap<ClientFor, RunsOver>();

function runsOverOf(clientFor: ClientFor): RunsOver {
  const known = runsOver.get(clientFor) ?? new RunsOver();
  runsOver.set(clientFor, known);
  return known;
}

/** What a look has seen, besides what becomes of it. */
export interface SharedLook extends LookAtFlowRunsResult {
  sessions: readonly FlowSession[];
}

/** @throws ApplicationFailure one that is not retryable where Dataverse refuses to be asked. */
export async function lookAt(
  clientFor: ClientFor,
  { runs, ...target }: WatchedRobotsInput,
  withMachine?: boolean,
): Promise<SharedLook> {
  count(METRICS.looks, { by: 'watch' });
  const { client, sessions } = await ask(clientFor, target, runs);
  const found = new Map(sessions.map((session) => [session.flowSessionId, session]));
  const missing = runs.filter(({ flowSessionId }) => !found.has(flowSessionId));
  const over = runs.flatMap((run) => {
    const session = found.get(run.flowSessionId);
    return session && isTerminal(session.statusCode) ? [{ ...run, session }] : [];
  });
  // Bad ends first: they have no outputs to wait for.
  over.sort(
    (one, other) => Number(isSuccess(one.session.statusCode)) - Number(isSuccess(other.session.statusCode)),
  );
  const tooLate = AbortSignal.timeout(OUTPUTS_WITHIN_MS);
  setMaxListeners(AT_ONCE, tooLate);
  const lately = runsOverOf(clientFor);
  const signalled = await forEachOf(over, async (run) => {
    // The run may have heard of the end already, by a callback for example: then no request is made for its outputs.
    if (!(await isKnownToBeOver(run.workflowId, lately))) await signalEnd(client, run, tooLate, withMachine);
  });
  return { ended: signalled.map(idOf), missing: missing.map(idOf), sessions };
}

async function ask(
  clientFor: ClientFor,
  target: Omit<WatchedRobotsInput, 'runs'>,
  runs: readonly Address[],
): Promise<{ client: DataverseClient; sessions: FlowSession[] }> {
  try {
    const client = await clientFor(target);
    return { client, sessions: await client.getFlowSessions(runs.map(idOf)) };
  } catch (error) {
    throw toApplicationFailure(asPassing(error));
  }
}

async function signalEnd(
  client: DataverseClient,
  { session, workflowId }: { session: FlowSession; workflowId: string },
  tooLate: AbortSignal,
  withMachine: boolean | undefined,
): Promise<void> {
  const end = await describeEnd(client, session, { withMachine });
  const signal = (argument: EndedRobot) =>
    signalWorkflow(getClient(), workflowId, DESKTOP_FLOW_ENDED, argument);
  const outputs = isSuccess(session.statusCode)
    ? await trySmallOutputs(client, session.flowSessionId, tooLate)
    : undefined;
  if (outputs === undefined) await signal(end);
  // If the outputs are why the signal fails, it goes without them.
  else await signal({ ...end, outputs }).catch(() => signal(end));
}

async function isKnownToBeOver(workflowId: string, lately: RunsOver): Promise<boolean> {
  if (!lately.isWorthAsking()) return false;
  const isOver = await isWorkflowClosed(getClient(), workflowId).catch(
    (error: unknown) => error instanceof WorkflowNotFoundError,
  );
  lately.saw(isOver);
  return isOver;
}

function idOf({ flowSessionId }: Address): string {
  return flowSessionId;
}
