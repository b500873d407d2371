/** HOST, development only: starts runs and waits until all have ended, with as few questions to the server as can be. */
import { RUN_DESKTOP_FLOW } from '../../src/common/messages';
import type { Stage } from './stage';
import { TASK_QUEUE } from './stage';
import { mapLimited, until } from './wait';

const STARTS_AT_ONCE = 50;

/** Of a run that was started here, or by the batch named so. */
const ID = /^(?:run-|batch\/)(\d+)$/;

/** The number of a run that was started here, or undefined for another workflow. */
export function numberOf(workflowId: string): number | undefined {
  const [, digits] = ID.exec(workflowId) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Starts run 0, 1, ... in this order. */
export async function startRuns({ client }: Stage, inputs: readonly object[], first = 0): Promise<void> {
  await mapLimited(inputs, STARTS_AT_ONCE, (input, index) =>
    client.workflow.start(RUN_DESKTOP_FLOW, {
      args: [input],
      taskQueue: TASK_QUEUE,
      workflowId: `run-${first + index}`,
    }),
  );
}

/** Waits by counting: a long poll for each run would load the server that is measured. */
export async function untilEnded(
  stage: Stage,
  runs: number,
  withinMs: number,
  onProgress: (ended: number) => void,
): Promise<void> {
  const query = `WorkflowType = '${RUN_DESKTOP_FLOW}' AND ExecutionStatus NOT IN ('Running', 'ContinuedAsNew')`;
  const allEnded = async () => {
    const { count } = await stage.client.workflow.count(query);
    onProgress(count);
    return count >= runs;
  };
  const waiting = until(allEnded, { everyMs: 500, withinMs, what: `all ${runs} runs have ended` });
  await Promise.race([waiting, stage.broken]);
}
