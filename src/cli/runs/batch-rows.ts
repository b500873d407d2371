/** HOST: runs the rows of a batch, some at once; one that was started by an earlier call is waited for, not started. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { RunDesktopFlowInput } from '../../common/input';
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import { DesktopFlows } from '../../service/desktop-flows';
import type { DesktopFlowOutcome } from '../../service/outcome';
import type { Temporal } from '../support/clients';

export interface BatchRow {
  line: number;
  workflowId: string;
  input: RunDesktopFlowInput;
}

export interface EndedRow extends BatchRow {
  outcome: DesktopFlowOutcome;
}

export interface BatchOptions {
  temporal: Temporal;
  concurrency: number;
  /** No row is started any longer once it is aborted; those under way are left. */
  stopped: AbortSignal;
  started(row: BatchRow, wasThere: boolean): void;
  ended(row: EndedRow): void;
}

export async function runRows(rows: readonly BatchRow[], options: BatchOptions): Promise<void> {
  const { temporal, concurrency, stopped } = options;
  const flows = new DesktopFlows(temporal.client, { taskQueue: temporal.taskQueue });
  const waiting = rows.values();
  const one = async () => {
    // The iterator is shared: each of those that work takes the next row.
    for (const row of waiting) {
      if (stopped.aborted) return;
      const { run, wasThere } = await startOrFind(flows, row);
      options.started(row, wasThere);
      options.ended({ ...row, outcome: await run.result() });
    }
  };
  const places = Math.min(concurrency, rows.length);
  await temporal.client.withAbortSignal(stopped, () => Promise.all(Array.from({ length: places }, one)));
}

/** By its workflow id Temporal knows a row that was started before, however long ago, within the namespace's retention. */
async function startOrFind(
  flows: DesktopFlows,
  { workflowId, input }: BatchRow,
): Promise<{ run: DesktopFlowRun; wasThere: boolean }> {
  try {
    const policy = { workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const;
    return { run: await flows.start(input, { workflowId, ...policy }), wasThere: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { run: flows.get(workflowId), wasThere: true };
  }
}
