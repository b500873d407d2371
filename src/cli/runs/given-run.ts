/** HOST: a run of before: what a command needs to know of it. */
import type { AdoptFlowRunInput, RunDesktopFlowInput } from '../../common/input';
import { type DesktopFlowRunView, RUN_DESKTOP_FLOW } from '../../common/messages';
import type { DesktopFlowRun } from '../../service/desktop-flow-run';
import { readPayloads } from '../../temporal/payloads';
import type { Temporal } from '../support/clients';
import { UsageError } from '../support/errors';

/** The input that a run was started with. A continued execution has it too. */
export async function readRunInput(
  { client, connection, namespace }: Temporal,
  execution: { workflowId: string; runId?: string },
): Promise<RunDesktopFlowInput | AdoptFlowRunInput> {
  const { history } = await connection.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const converter = client.options.loadedDataConverter;
  const [input] = await readPayloads(converter, started?.input?.payloads);
  return (input ?? {}) as RunDesktopFlowInput | AdoptFlowRunInput;
}

/** Undefined where no worker answers in time. */
export function viewOf(
  run: DesktopFlowRun,
  { client }: Temporal,
  patienceMs: number,
): Promise<DesktopFlowRunView | undefined> {
  return client.withDeadline(Date.now() + patienceMs, () => run.view()).catch(() => undefined);
}

/** Such as `RUNNING` or `COMPLETED`. @throws UsageError for a workflow of another type. */
export async function describeRun({ client }: Temporal, workflowId: string) {
  const described = await client.workflow.getHandle(workflowId).describe();
  if (described.type === RUN_DESKTOP_FLOW) return described;
  throw new UsageError(`the workflow ${workflowId} is a ${described.type}, not a ${RUN_DESKTOP_FLOW}`);
}
