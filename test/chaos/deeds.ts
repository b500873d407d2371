/** What operators and callers do to a run while it goes on, or after it has ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Emulator } from '../../src/testing/emulator';
import { reset } from '../helpers/resets';
import { type Deed, isWorkflowReset, type RunPlan } from './plan';

interface Stage {
  client: Client;
  emulator: Emulator;
  /** Also the id of the run's flow. */
  workflowId: string;
}

const UNKNOWN_STATUS = 42;
const UNKNOWN_FOR_MS = 1000;

type Action = { afterMs: number; kind: Deed['kind'] | 'cancel' };

export async function carryOutDeeds({ deeds, cancelAfterMs }: RunPlan, stage: Stage): Promise<void> {
  const startedAt = Date.now();
  const cancels: Action[] = cancelAfterMs === undefined ? [] : [{ afterMs: cancelAfterMs, kind: 'cancel' }];
  let isCancelled = false;
  for (const action of [...deeds, ...cancels].toSorted((one, other) => one.afterMs - other.afterMs)) {
    await sleep(startedAt + action.afterMs - Date.now());
    if (action.kind === 'cancel') {
      isCancelled = true;
      await cancel(stage);
    } else {
      await carryOut(action as Deed, stage);
      // Temporal does not apply a cancellation again.
      if (isCancelled && isWorkflowReset(action as Deed)) await cancel(stage);
    }
  }
}

async function carryOut({ kind }: Deed, { client, emulator, workflowId }: Stage): Promise<void> {
  if (kind === 'resetActivity') {
    const execution = { workflowId };
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    for (const { activityId } of raw.pendingActivities ?? []) {
      // It may just have ended.
      await client.workflowService
        .resetActivity({
          namespace: client.options.namespace,
          execution,
          id: activityId,
          resetHeartbeat: true,
        })
        .catch(() => undefined);
    }
  } else if (kind === 'unknownStatus') {
    const running = emulator.seen.sessions.filter(
      ({ flowId, completedOn }) => flowId === workflowId && completedOn === undefined,
    );
    for (const { id } of running) emulator.setStatus(id, UNKNOWN_STATUS);
    await sleep(UNKNOWN_FOR_MS);
    const held = emulator.seen.sessions.filter(({ statusCode }) => statusCode === UNKNOWN_STATUS);
    for (const { id } of held)
      if (running.some((robot) => robot.id === id)) emulator.setStatus(id, 'Running');
  } else {
    await reset(client, { workflowId }, kind === 'resetToFirstTask' ? 'first' : 'last');
  }
}

/** A run that is over already needs none. */
async function cancel({ client, workflowId }: Stage): Promise<void> {
  await client.workflow
    .getHandle(workflowId)
    .cancel()
    .catch(() => undefined);
}
